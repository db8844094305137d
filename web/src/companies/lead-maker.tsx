import { Button, Checkbox, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import type { FlowView } from '../flow-form/typed-flow';
import { SaveBar } from '../forms/save-bar';
import { refusalText, useSaving } from '../forms/use-saving';
import { goTo, leadAddress } from '../location';
import { newId } from '../new-id';
import { useWords } from '../words';
import type { WhyNot } from './queries';

/** A lead by hand: the other flow is chosen, what stands against the pair is named, and a reason is given. */
export function LeadMaker({ flow, onClose }: { flow: FlowView; onClose(): void }): ReactNode {
  const words = useWords();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 250);
  const [other, setOther] = useState<FlowView | null>(null);
  const direction = flow.direction === 'output' ? 'input' : 'output';
  const found = useQuery({
    queryKey: ['flows', { q: asked, direction }],
    queryFn: () => sendSignedIn(() => api.GET('/api/flows', { params: { query: { ...(asked ? { q: asked } : {}), direction, limit: 12 } } })),
    enabled: other === null,
  });
  const [output, input] = flow.direction === 'output' ? [flow.id, other?.id] : [other?.id, flow.id];
  const why = useQuery({
    queryKey: ['why-not', output, input],
    queryFn: () => sendSignedIn(() => api.GET('/api/why-not', { params: { query: { output: output!, input: input! } } })),
    enabled: other !== null,
  });
  const rows = (found.data?.rows ?? []).filter(({ place }) => place.companyId !== flow.place.companyId);
  return (
    <div className="editor">
      <h3>{words.t('companies.lead.title')}</h3>
      {other === null ? (
        <>
          <TextInput label={words.t(direction === 'input' ? 'companies.lead.findInput' : 'companies.lead.findOutput')} value={text} autoFocus onChange={(event) => setText(event.currentTarget.value)} />
          {found.error && <p className="field-error" role="alert">{refusalText(words, asProblem(found.error))}</p>}
          {found.isSuccess && rows.length === 0 && <p className="hint" role="status">{words.t('companies.lead.noFlow')}</p>}
          <ul className="choices lead-choices">{rows.map((row) => <li key={row.id}><button type="button" className="choice-line" onClick={() => setOther(row)}><strong>{row.description}</strong><span className="muted">{[row.place.companyName, row.place.commune].filter(Boolean).join(' · ')}</span></button></li>)}</ul>
          <Button mt="xs" variant="default" onClick={onClose}>{words.t('forms.cancel')}</Button>
        </>
      ) : (
        <>
          <p className="picked-flow"><strong>{other.description}</strong> · {other.place.companyName} <button type="button" className="link-button" onClick={() => setOther(null)}>{words.t('capture.company.change')}</button></p>
          {why.isPending && <p className="muted" role="status">{words.t('app.loading')}</p>}
          {why.error && <p className="field-error" role="alert">{refusalText(words, asProblem(why.error))}</p>}
          {why.data && output && input && <Reasons key={other.id} why={why.data} output={output} input={input} onClose={onClose} />}
        </>
      )}
    </div>
  );
}

function Reasons({ why, output, input, onClose }: { why: WhyNot; output: string; input: string; onClose(): void }): ReactNode {
  const words = useWords();
  const leadId = useRef(newId());
  const [reason, setReason] = useState('');
  const [passed, setPassed] = useState<string[]>([]);
  const saving = useSaving(['reason', 'gatesPassed']);
  const never = why.gates.filter(({ passable }) => !passable);
  const passable = why.gates.filter((gate) => gate.passable);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void saving.save(() => api.POST('/api/leads', { body: { outputFlowId: output, inputFlowId: input, reason, gatesPassed: passed, leadId: leadId.current } }), ({ id }) => goTo(leadAddress(id)));
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      <div className="span">
        <p className="hint">{why.text} {why.distanceKm !== null && words.t('companies.lead.distance', { km: words.number(why.distanceKm, { maximumFractionDigits: why.distanceKm < 10 ? 1 : 0 }) })} {why.points !== null && words.t('companies.lead.points', { points: words.points(why.points) })}</p>
        {why.candidate?.status === 'open' && <a href={leadAddress(why.candidate.id)}>{words.t('lead.see')}</a>}
        {never.length > 0 && <><p><strong>{words.t('companies.lead.never')}</strong></p><ul className="plain">{never.map((gate) => <li key={gate.gate}>{gate.label}{gate.detail && <span className="muted"> ({gate.detail})</span>}</li>)}</ul></>}
        {never.length === 0 && passable.length > 0 && (
          <fieldset>
            <legend>{words.t('companies.lead.pass')}</legend>
            {passable.map((gate) => (
              <Checkbox key={gate.gate} my={6} label={gate.detail ? `${gate.label} (${gate.detail})` : gate.label} checked={passed.includes(gate.gate)}
                onChange={(event) => { const { checked } = event.currentTarget; setPassed((before) => (checked ? [...before, gate.gate] : before.filter((one) => one !== gate.gate))); }} />
            ))}
            {saving.errors['gatesPassed'] && <p className="field-error">{saving.errors['gatesPassed']}</p>}
          </fieldset>
        )}
      </div>
      {never.length === 0 && why.candidate?.status !== 'open' ? (
        <>
          <Textarea className="span" label={words.t('companies.lead.reason')} autosize minRows={2} maxLength={2000} value={reason} error={saving.errors['reason']} onChange={(event) => setReason(event.currentTarget.value)} />
          <SaveBar saving={saving} label={words.t('companies.lead.submit')} onCancel={onClose} />
        </>
      ) : <div className="span"><Button variant="default" onClick={onClose}>{words.t('forms.close')}</Button></div>}
    </form>
  );
}
