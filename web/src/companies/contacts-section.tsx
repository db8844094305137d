import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import { SaveBar } from '../forms/save-bar';
import { refusalText, useSaving } from '../forms/use-saving';
import { useNotices } from '../notices';
import { useWords } from '../words';
import { type CompanyView, companyKey, type ContactView } from './queries';

/** The people one speaks with there. Who is opposed to mail gets none, whatever an introduction would send. */
export function ContactsSection({ company, mayEdit }: { company: CompanyView; mayEdit: boolean }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const [open, setOpen] = useState<string | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const remove = async (contact: ContactView): Promise<void> => {
    try {
      await sendSignedIn(() => api.DELETE('/api/contacts/{id}', { params: { path: { id: contact.id } } }));
      notices.well(words.t('companies.contact.removed', { name: contact.name }));
    } catch (error) {
      notices.bad(refusalText(words, asProblem(error)));
    }
    setRemoving(null);
    await queries.invalidateQueries({ queryKey: companyKey(company.id) });
  };
  return (
    <section className="block" aria-labelledby="contacts">
      <div className="block-head"><h2 id="contacts">{words.t('companies.contacts')}</h2>{mayEdit && open !== 'new' && <Button size="compact-sm" variant="default" className="no-print" onClick={() => setOpen('new')}>{words.t('companies.contact.add')}</Button>}</div>
      {open === 'new' && <ContactForm company={company} onClose={() => setOpen(null)} />}
      {company.contacts.length === 0 && open !== 'new' && <p className="hint">{words.t('companies.contacts.none')}</p>}
      <ul className="items">
        {company.contacts.map((contact) => (
          <li key={contact.id}>
            <div className="item-head"><span>{contact.name}</span>{contact.opposedToMail && <span className="mark bad">{words.t('companies.contact.noMail')}</span>}</div>
            <div className="item-facts">
              {contact.position && <div>{contact.position}</div>}
              {contact.phone && <a href={`tel:${contact.phone.replace(/[^\d+]/g, '')}`}>{contact.phone}</a>}{contact.phone && contact.email && ' · '}
              {contact.email && (contact.opposedToMail ? contact.email : <a href={`mailto:${contact.email}`}>{contact.email}</a>)}
              {contact.language === 'en' && ` · ${words.t('companies.contact.speaksEnglish')}`}
            </div>
            {mayEdit && open !== contact.id && (
              <div className="buttons no-print">
                <Button size="compact-xs" variant="default" onClick={() => setOpen(contact.id)}>{words.t('forms.edit')}</Button>
                {removing === contact.id
                  ? <><Button size="compact-xs" color="red" onClick={() => void remove(contact)}>{words.t('companies.contact.removeSure', { name: contact.name })}</Button><Button size="compact-xs" variant="default" onClick={() => setRemoving(null)}>{words.t('forms.cancel')}</Button></>
                  : <Button size="compact-xs" variant="default" onClick={() => setRemoving(contact.id)}>{words.t('forms.remove')}</Button>}
              </div>
            )}
            {open === contact.id && <ContactForm company={company} contact={contact} onClose={() => setOpen(null)} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function ContactForm({ company, contact, onClose }: { company: CompanyView; contact?: ContactView; onClose(): void }): ReactNode {
  const words = useWords();
  const notices = useNotices();
  const queries = useQueryClient();
  const saving = useSaving(['name', 'position', 'email', 'phone', 'language']);
  const [typed, setTyped] = useState({ name: contact?.name ?? '', position: contact?.position ?? '', email: contact?.email ?? '', phone: contact?.phone ?? '', language: contact?.language as string ?? 'fr' });
  const [opposed, setOpposed] = useState(contact?.opposedToMail ?? false);
  const set = (name: keyof typeof typed) => (event: { currentTarget: { value: string } }): void => { const { value } = event.currentTarget; setTyped((before) => ({ ...before, [name]: value })); };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const text = (value: string): string | null => value.trim() || null;
    const body = { name: text(typed.name), position: text(typed.position), email: text(typed.email), phone: text(typed.phone), language: typed.language, opposedToMail: opposed };
    const done = async (): Promise<void> => {
      await queries.invalidateQueries({ queryKey: companyKey(company.id) });
      notices.well(words.t('forms.saved'));
      onClose();
    };
    void (contact
      ? saving.save(() => api.PATCH('/api/contacts/{id}', { params: { path: { id: contact.id } }, body }), done)
      : saving.save(() => api.POST('/api/companies/{id}/contacts', { params: { path: { id: company.id } }, body }), done));
  };
  return (
    <form className="form editor" onSubmit={submit} noValidate>
      <TextInput label={words.t('companies.contact.name')} autoFocus value={typed.name} error={saving.errors['name']} onChange={set('name')} />
      <TextInput label={words.t('companies.contact.position')} value={typed.position} error={saving.errors['position']} onChange={set('position')} />
      <TextInput label={words.t('companies.contact.email')} type="email" inputMode="email" value={typed.email} error={saving.errors['email']} onChange={set('email')} />
      <TextInput label={words.t('companies.contact.phone')} type="tel" value={typed.phone} error={saving.errors['phone']} onChange={set('phone')} />
      <NativeSelect label={words.t('app.language')} value={typed.language} error={saving.errors['language']} onChange={set('language')} data={[{ value: 'fr', label: 'Français' }, { value: 'en', label: 'English' }]} />
      <Checkbox className="checkbox-line" label={words.t('companies.contact.opposed')} checked={opposed} onChange={(event) => setOpposed(event.currentTarget.checked)} />
      <SaveBar saving={saving} label={words.t('forms.save')} onCancel={onClose} />
    </form>
  );
}
