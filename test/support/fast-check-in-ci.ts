import fc from 'fast-check';

// Looking for the smallest counter-example may take longer than a whole run; where nobody waits for it, the first is enough.
// What is gated does not hang on luck there: the random orders are the same ones each time. Elsewhere every run tries others.
if (process.env.CI) fc.configureGlobal({ endOnFailure: true, seed: 20261126 });
