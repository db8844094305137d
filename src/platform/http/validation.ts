import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldError, Problem } from '../problem.js';

function fieldErrors(errors: ValidationError[], path = ''): FieldError[] {
  return errors.flatMap((error) => {
    const field = path ? `${path}.${error.property}` : error.property;
    const own = Object.entries(error.constraints ?? {}).map(([code, expected]): FieldError => ({
      field, code, found: error.value === undefined ? 'nothing' : (JSON.stringify(error.value) ?? 'nothing').slice(0, 200), expected,
    }));
    return [...own, ...fieldErrors(error.children ?? [], field)];
  });
}

/** Bodies and queries are checked by class-validator at the border; unknown fields are refused by name. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    exceptionFactory: (errors) => new Problem(422, 'invalid-fields', 'Some fields are not valid.', fieldErrors(errors)),
  });
}
