import { Alert, Button } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, send, sendSignedIn, type Session } from '../api/client';
import { asProblem } from '../api/problem';
import { refusalText } from '../forms/use-saving';
import { useNotices } from '../notices';
import { useWords } from '../words';
import { Absences } from './absences';
import { InviteForm } from './invite-form';
import { PEOPLE_KEY, type Person } from './queries';
import { RolesForm } from './roles-form';

/** Who works in the territory, with what rights, and when they are away. */
export function PeopleSection({ session }: { session: Session }): ReactNode {
  const words = useWords();
  const queries = useQueryClient();
  const [inviting, setInviting] = useState(false);
  const people = useInfiniteQuery({
    queryKey: PEOPLE_KEY,
    queryFn: ({ pageParam }) => sendSignedIn(() => api.GET('/api/people', { params: { query: pageParam ? { after: pageParam } : {} } })),
    initialPageParam: '', getNextPageParam: (page) => page.next,
  });
  const rows = people.data?.pages.flatMap((page) => page.people) ?? [];
  const advisors = rows.filter(({ roles, disabled }) => roles.includes('advisor') && !disabled).map(({ id, name }) => ({ id, name }));
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: PEOPLE_KEY });
  return (
    <section className="block" aria-labelledby="people">
      <div className="block-head"><h2 id="people">{words.t('admin.people')}</h2>{!inviting && <Button size="sm" onClick={() => setInviting(true)}>{words.t('admin.invite')}</Button>}</div>
      {inviting && <InviteForm session={session} onDone={() => { setInviting(false); void refresh(); }} onCancel={() => setInviting(false)} />}
      {people.error && <Alert color="red" variant="light" role="alert">{refusalText(words, asProblem(people.error))} <Button size="compact-sm" variant="default" onClick={() => void people.refetch()}>{words.t('app.retry')}</Button></Alert>}
      {people.isPending && <p className="muted" role="status">{words.t('app.loading')}</p>}
      <ul className="items people">{rows.map((person) => <PersonItem key={person.id} person={person} own={person.id === session.person.id} advisors={advisors} refresh={refresh} />)}</ul>
      {people.hasNextPage && <Button mt="xs" variant="default" loading={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>{words.t('forms.more')}</Button>}
    </section>
  );
}

interface ItemProps {
  person: Person;
  own: boolean;
  advisors: { id: string; name: string }[];
  refresh(): Promise<void>;
}

function PersonItem({ person, own, advisors, refresh }: ItemProps): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const [open, setOpen] = useState<'roles' | 'absences' | 'leave' | null>(null);
  const act = async (request: () => Promise<unknown>, done: string): Promise<void> => {
    try {
      await request();
      notices.well(done);
      setOpen(null);
    } catch (error) {
      notices.bad(refusalText(words, asProblem(error)));
    }
    await refresh();
  };
  const at = { params: { path: { personId: person.id } } };
  const invite = (): Promise<void> => act(() => sendSignedIn(() => api.POST('/api/people/{personId}/invitation', at)), words.t('admin.invitedAgain', { email: person.email }));
  const reset = (): Promise<void> => act(() => send(() => api.POST('/api/password/reset-request', { body: { email: person.email } })), words.t('admin.resetSent', { email: person.email }));
  const leave = (): Promise<void> => act(() => sendSignedIn(() => api.PUT('/api/people/{personId}/roles', { ...at, body: { roles: [] } })), words.t('admin.left', { name: person.name }));
  const toggle = (what: NonNullable<typeof open>): void => setOpen(open === what ? null : what);
  return (
    <li>
      <div className="item-head">
        <span>{person.name}{own && <span className="muted"> ({words.t('admin.you')})</span>}</span>
        <span className="marks">
          {person.disabled && <span className="mark bad">{words.t('admin.disabled')}</span>}
          {person.invitation && <span className={`mark ${person.invitation === 'failed' ? 'bad' : ''}`}>{words.t(`admin.invitation.${person.invitation}`)}</span>}
          {person.roles.map((role) => <span key={role} className="mark good">{words.t(`role.${role}`)}</span>)}
        </span>
      </div>
      <div className="item-facts">
        {person.email}{person.roles.includes('advisor') && ` · ${person.weeklyMinutes === null ? words.t('admin.minutes.policy') : words.t('admin.minutes.is', { count: person.weeklyMinutes })}`}
        {person.absences.map((absence) => <div key={absence.id}>{words.t('admin.absence.is', { from: words.day(absence.fromDay), to: words.day(absence.toDay) })}{absence.delegateId && ` · ${words.t('admin.absence.delegateIs', { name: advisors.find(({ id }) => id === absence.delegateId)?.name ?? '–' })}`}</div>)}
      </div>
      <div className="buttons person-acts">
        <Button size="compact-sm" variant="default" aria-expanded={open === 'roles'} onClick={() => toggle('roles')}>{words.t('admin.roles')}</Button>
        {person.roles.includes('advisor') && <Button size="compact-sm" variant="default" aria-expanded={open === 'absences'} onClick={() => toggle('absences')}>{words.t('admin.absences')}</Button>}
        {!person.disabled && <Button size="compact-sm" variant="default" onClick={() => void reset()}>{words.t('admin.reset')}</Button>}
        {person.invitation && !person.disabled && <Button size="compact-sm" variant="default" onClick={() => void invite()}>{words.t('admin.inviteAgain')}</Button>}
        {!own && <Button size="compact-sm" variant="subtle" color="gray" aria-expanded={open === 'leave'} onClick={() => toggle('leave')}>{words.t('admin.leave')}</Button>}
      </div>
      {open === 'roles' && <RolesForm person={person} onDone={() => { setOpen(null); void refresh(); }} onCancel={() => setOpen(null)} />}
      {open === 'absences' && (
        <Absences absences={person.absences} delegates={advisors.filter(({ id }) => id !== person.id)} onChanged={refresh}
          add={(body) => api.POST('/api/people/{personId}/absences', { ...at, body })} remove={(absenceId) => api.DELETE('/api/people/{personId}/absences/{absenceId}', { params: { path: { personId: person.id, absenceId } } })} />
      )}
      {open === 'leave' && (
        <div className="editor">
          <p>{words.t('admin.leave.explain', { name: person.name })}</p>
          <div className="buttons"><Button color="red" onClick={() => void leave()}>{words.t('admin.leave.sure', { name: person.name })}</Button><Button variant="default" onClick={() => setOpen(null)}>{words.t('forms.cancel')}</Button></div>
        </div>
      )}
    </li>
  );
}
