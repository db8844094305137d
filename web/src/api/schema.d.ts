import type * as T from './types';
type Json<B> = { content: { 'application/json': B } };
type Op<Q, P, H, B, R> = { parameters: { query?: Q; path: P; header: H; cookie?: never }; requestBody: B; responses: { 200: { headers: Record<string, unknown> } & Json<R> } };
type Get<Q, P, R> = { parameters: { query?: Q; path: P }; responses: { 200: { headers: Record<string, unknown> } & Json<R> } };
type Body<B, R> = { parameters: Record<string, never>; requestBody: Json<B>; responses: { 200: { headers: Record<string, unknown> } & Json<R> } };
type None = Record<string, never>;
interface SessionBody { person: { id: string; name: string; email: string }; language: 'fr' | 'en'; territory: { id: string; slug: string; name: string }; roles: string[]; permissions: string[]; csrfToken: string }
export interface components { schemas: { SessionBody: SessionBody } }
export interface paths {
  '/api/session': { get: { parameters: None; responses: { 200: { headers: Record<string, unknown> } & Json<SessionBody> } }; post: Body<{ email: string; password: string }, SessionBody>; delete: { parameters: None; responses: { 204: { headers: Record<string, unknown>; content?: never } } } };
  '/api/session/language': { put: Body<{ language: 'fr' | 'en' }, undefined> };
  '/api/password/redeem': { post: Body<{ token: string; password: string }, undefined> };
  '/api/password/reset-request': { post: Body<{ email: string }, undefined> };
  '/api/weekly-list': { get: { parameters: { query?: { mine?: boolean; after?: string } }; responses: { 200: { headers: Record<string, unknown> } & Json<T.WeeklyList> } } };
  '/api/candidates/{id}': { get: Get<never, { id: string }, T.CandidateDetail> };
  '/api/reasons': { get: { parameters: None; responses: { 200: { headers: Record<string, unknown> } & Json<T.Reason[]> } } };
  '/api/candidates/{id}/decisions': { post: Op<never, { id: string }, { 'If-Match': string }, Json<Record<string, unknown>>, Pick<T.ListItem, 'status' | 'version' | 'decision'>> };
  '/api/candidates/{id}/decision': { delete: { parameters: { path: { id: string }; header: { 'If-Match': string } }; responses: { 200: { headers: Record<string, unknown> } & Json<Pick<T.ListItem, 'status' | 'version' | 'decision'>> } } };
}
