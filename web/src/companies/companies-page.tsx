import type { ReactNode } from 'react';
import '../forms/forms.css';
import type { PageProps } from '../page-props';
import './companies.css';
import { CompanyList } from './company-list';
import { CompanySheet } from './company-sheet';

/** Companies of the territory, or one of them: `#/companies/<id>`. */
export function CompaniesPage({ session, rest }: PageProps): ReactNode {
  const id = rest[0] ? decodeURIComponent(rest[0]) : null;
  return id === null ? <CompanyList session={session} /> : <CompanySheet key={id} id={id} session={session} />;
}
