/**
 * A refusal that a person or a program can act on: becomes `application/problem+json` (RFC 9457) at the HTTP door and a
 * line of text at the command line. `code` is stable and is what screens translate; `errors` names single fields.
 */
export class Problem extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 422 | 428 | 429 | 503,
    readonly code: string,
    message: string,
    readonly errors: FieldError[] = [],
  ) {
    super(message);
  }
}

export interface FieldError {
  /** Path of the field as the sender wrote it, `quantity.value`. */
  field: string;
  code: string;
  found: string;
  expected: string;
}

/** Missing and forbidden are the same answer: nobody learns that another territory's thing exists. */
export function notFound(what: string): Problem {
  return new Problem(404, 'not-found', `No such ${what}.`);
}
