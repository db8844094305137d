/** One field that the server refused. */
export interface FieldProblem {
  field: string;
  code: string;
  expected: string;
}

/** A refusal of the API (`application/problem+json`), or no answer at all (status 0). */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors: FieldProblem[] = [],
  ) {
    super(detail);
  }

  /** Nothing was changed for good and the same request may do better in a moment. */
  get passing(): boolean {
    return this.status === 0 || this.status === 503 || this.status === 502 || this.status === 504;
  }
}

/** Reads the body of a refused request, whatever it is. */
export function readProblem(status: number, body: unknown): ApiProblem {
  const { code, detail, errors } = (typeof body === 'object' && body !== null ? body : {}) as { code?: unknown; detail?: unknown; errors?: unknown };
  return new ApiProblem(
    status,
    typeof code === 'string' ? code : `http-${status}`,
    typeof detail === 'string' ? detail : `HTTP ${status}`,
    Array.isArray(errors) ? (errors as FieldProblem[]) : [],
  );
}

export function asProblem(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem(0, 'network', String(error));
}
