import fc from 'fast-check';

// Looking for the smallest counter-example may take longer than a whole run; where nobody waits for it, the first is enough.
if (process.env.CI) fc.configureGlobal({ endOnFailure: true });
