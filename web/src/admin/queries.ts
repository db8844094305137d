import { queryOptions } from '@tanstack/react-query';
import { api, sendSignedIn } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type Person = Schemas['PersonBody'];
export type Absence = Schemas['AbsenceBody'];
export type Role = Person['roles'][number];

export const ROLES = ['advisor', 'analyst', 'contributor', 'administrator', 'partner'] as const satisfies readonly Role[];
export const PEOPLE_KEY = ['people'] as const;

export const territoriesQuery = queryOptions({ queryKey: ['territories'], queryFn: () => sendSignedIn(() => api.GET('/api/territories')), staleTime: 60_000 });
export const agreementsQuery = queryOptions({ queryKey: ['territory-agreements'], queryFn: () => sendSignedIn(() => api.GET('/api/agreements')) });
export const ownAbsencesQuery = queryOptions({ queryKey: ['own-absences'], queryFn: () => sendSignedIn(() => api.GET('/api/session/absences')) });
