import type { ReactNode } from 'react';
import '../forms/forms.css';
import type { PageProps } from '../page-props';
import { ImportList } from './import-list';
import { ImportReport } from './import-report';
import './imports.css';

/** Files handed in, or the report of one: `#/imports/<id>`. */
export function ImportsPage({ session, rest }: PageProps): ReactNode {
  const id = rest[0] ? decodeURIComponent(rest[0]) : null;
  return id === null ? <ImportList session={session} /> : <ImportReport key={id} id={id} />;
}
