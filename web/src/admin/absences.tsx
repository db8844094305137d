import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { SaveBar } from '../forms/save-bar';
import { refusalText, useSaving } from '../forms/use-saving';
import { useNotices } from '../notices';
import { useWords } from '../words';
import type { Absence } from './queries';

type Answer<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

interface Props {
  absences: readonly Absence[];
  /** Who may decide meanwhile. */
  delegates: readonly { id: string; name: string }[];
  add(body: { fromDay: string; toDay: string; delegateId: string | null }): Answer<{ absenceId: string }>;
  remove(absenceId: string): Answer<unknown>;
  onChanged(): Promise<unknown>;
}

/** When an advisor is away, and who decides their leads meanwhile. */
export function Absences({ absences, delegates, add, remove, onChanged }: Props): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const saving = useSaving(['fromDay', 'toDay', 'delegateId']);
  const [typed, setTyped] = useState({ fromDay: '', toDay: '', delegateId: '' });
  const set = (name: keyof typeof typed) => (event: { currentTarget: { value: string } }): void => { const { value } = event.currentTarget; setTyped((before) => ({ ...before, [name]: value })); };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const wrong = (['fromDay', 'toDay'] as const).filter((name) => typed[name] === '');
    if (wrong.length > 0) return saving.refuse(Object.fromEntries(wrong.map((name) => [name, words.t('forms.error.missing')])));
    return void saving.save(() => add({ ...typed, delegateId: typed.delegateId || null }), async () => {
      setTyped({ fromDay: '', toDay: '', delegateId: '' });
      await onChanged();
    });
  };
  const drop = async (id: string): Promise<void> => {
    try {
      await sendSignedIn(() => remove(id));
    } catch (error) {
      notices.bad(refusalText(words, asProblem(error)));
    }
    await onChanged();
  };
  return (
    <div className="editor">
      {absences.length > 0 && (
        <ul className="items">
          {absences.map((absence) => (
            <li key={absence.id} className="absence"><span>{words.t('admin.absence.is', { from: words.day(absence.fromDay), to: words.day(absence.toDay) })}{absence.delegateId && ` · ${words.t('admin.absence.delegateIs', { name: delegates.find(({ id }) => id === absence.delegateId)?.name ?? '–' })}`}</span>
              <Button size="compact-xs" variant="default" onClick={() => void drop(absence.id)}>{words.t('admin.absence.cancel')}</Button>
            </li>
          ))}
        </ul>
      )}
      <form className="form three" onSubmit={submit} noValidate>
        <TextInput type="date" label={words.t('admin.absence.from')} value={typed.fromDay} error={saving.errors['fromDay']} onChange={set('fromDay')} />
        <TextInput type="date" label={words.t('admin.absence.to')} value={typed.toDay} error={saving.errors['toDay']} onChange={set('toDay')} />
        <NativeSelect label={words.t('admin.absence.delegate')} value={typed.delegateId} error={saving.errors['delegateId']} onChange={set('delegateId')} data={[{ value: '', label: words.t('admin.absence.nobody') }, ...delegates.map(({ id, name }) => ({ value: id, label: name }))]} />
        <SaveBar saving={saving} label={words.t('admin.absence.add')} />
      </form>
    </div>
  );
}
