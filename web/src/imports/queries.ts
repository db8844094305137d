import { queryOptions } from '@tanstack/react-query';
import { api, sendSignedIn } from '../api/client';
import type { components } from '../api/schema';

type Schemas = components['schemas'];
export type ImportView = Schemas['ImportView'];
export type SheetPreview = Schemas['SheetPreviewView'];
export type ColumnView = Schemas['ColumnView'];

export const KINDS = ['companies', 'sites', 'contacts', 'agreements', 'flows', 'synergies'] as const;
/** Between two looks at an import that is being read. */
const LOOK_AGAIN_MS = 1_000;

export function isUnderWay({ state }: ImportView): boolean {
  return state === 'waiting' || state === 'reading';
}

export function importQuery(id: string) {
  return queryOptions({
    queryKey: ['import', id],
    queryFn: () => sendSignedIn(() => api.GET('/api/imports/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? LOOK_AGAIN_MS : false),
  });
}

export const mappingsQuery = queryOptions({ queryKey: ['import-mappings'], queryFn: () => sendSignedIn(() => api.GET('/api/imports/mappings')) });
export const columnsQuery = queryOptions({ queryKey: ['import-columns'], queryFn: () => sendSignedIn(() => api.GET('/api/imports/columns')), staleTime: Infinity });

export interface ChosenFile {
  file: File;
  kind: string;
  mapping: string;
}

/** A request that carries a file. */
export function fileRequest({ file, kind, mapping }: ChosenFile): { body: Schemas['ImportFileForm']; bodySerializer: () => FormData } {
  return {
    body: { file } as unknown as Schemas['ImportFileForm'],
    bodySerializer: () => {
      const form = new FormData();
      form.append('file', file, file.name);
      if (kind) form.append('kind', kind);
      if (mapping) form.append('mapping', mapping);
      return form;
    },
  };
}
