import type { ReactNode } from 'react';
import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { components } from '../api/schema';
import { CountBars, ShareBar, shareText } from '../figures/share-bar';
import { useWords, type Words } from '../words';

type Month = components['schemas']['MonthBody'];
interface Props {
  month: Month;
}

function countOf(words: Words, value: number | null): string {
  return value === null ? words.t('month.keptBack') : words.number(value);
}

function Tile({ label, value, more, broken = false }: { label: string; value: string; more?: string; broken?: boolean }): ReactNode {
  return <dl className={broken ? 'tile broken' : 'tile'}><dt>{label}</dt><dd className={value.length > 14 ? 'long' : undefined}>{value}</dd>{more && <dd className="long">{more}</dd>}</dl>;
}

/** The figures that a glance is for. */
export function Tiles({ month: { runs, decisions, reviews, dataAge, repeatsOfRejected, contactsBeforeApproval } }: Props): ReactNode {
  const words = useWords();
  const measured = (value: number | null): string => (value !== null ? words.number(value, { maximumFractionDigits: 1 }) : reviews.missing ? words.t('month.tooFew', { missing: reviews.missing }) : words.t('month.keptBack'));
  return (
    <div className="tiles">
      <Tile label={words.t('month.runs')} value={words.number(runs.published)} more={words.t('month.runsFailed', { count: runs.failed })} />
      <Tile label={words.t('month.accepted')} value={countOf(words, decisions.accepted)} />
      <Tile label={words.t('month.rejected')} value={countOf(words, decisions.rejected)} />
      <Tile label={words.t('month.snoozed')} value={countOf(words, decisions.snoozed)} />
      <Tile label={words.t('month.cannotSay')} value={countOf(words, decisions.cannotSay)} />
      <Tile label={words.t('month.minutes')} value={measured(reviews.minutes)} />
      <Tile label={words.t('month.perHour')} value={measured(reviews.goodLeadsPerHour)} />
      <Tile label={words.t('month.age')} value={dataAge.medianDays === null ? (dataAge.leads === 0 ? '–' : words.t('month.keptBack')) : words.t('month.days', { days: dataAge.medianDays })}
        more={dataAge.ninthDecileDays === null ? undefined : words.t('month.ageNinth', { days: dataAge.ninthDecileDays })} />
      <Tile label={words.t('month.repeats')} value={words.number(repeatsOfRejected)} more={words.t('month.mustBeZero')} broken={repeatsOfRejected > 0} />
      <Tile label={words.t('month.contacts')} value={words.number(contactsBeforeApproval)} more={words.t('month.mustBeZero')} broken={contactsBeforeApproval > 0} />
    </div>
  );
}

/** What the list promised beside what came of it, where probabilities were said at all. */
export function Expectation({ month: { expectation: { expected, observed } } }: Props): ReactNode {
  const words = useWords();
  if (observed.of === 0) return <p className="muted figures-note">{words.t('month.expectation.none')}</p>;
  return <ShareBar label={words.t('month.expectation')} explain={expected === null ? words.t('month.expectation.waiting') : words.t('month.expectation.explain', { expected: words.share(expected) })} share={observed} />;
}

/** List sizes week by week, beside what there was time for. */
export function Lists({ month: { lists } }: Props): ReactNode {
  const words = useWords();
  const weeks = lists.map(({ week, listed, audit, budget }) => ({ week: words.t('month.weekShort', { week: Number(week.slice(-2)) }), listed, audit, budget }));
  return (
    <section className="block">
      <h2>{words.t('month.lists')}</h2>
      {weeks.length === 0 ? <p className="muted">{words.t('month.lists.none')}</p> : (
        <>
          <div className="chart" aria-hidden="true">
            <ResponsiveContainer>
              <BarChart data={weeks} accessibilityLayer={false} margin={{ left: -20, top: 8, right: 8 }}>
                <CartesianGrid vertical={false} />
                <XAxis dataKey="week" tickLine={false} />
                <YAxis allowDecimals={false} tickLine={false} axisLine={false} />
                <Tooltip cursor={{ fill: 'var(--quiet)' }} />
                <Legend />
                <Bar isAnimationActive={false} maxBarSize={48} stackId="list" dataKey="listed" name={words.t('month.lists.listed')} fill="var(--supply)" />
                <Bar isAnimationActive={false} maxBarSize={48} stackId="list" dataKey="audit" name={words.t('month.lists.audit')} fill="var(--demand)" />
                <Bar isAnimationActive={false} maxBarSize={48} dataKey="budget" name={words.t('month.lists.budget')} fill="var(--muted)" />
              </BarChart>
            </ResponsiveContainer>
          </div>
          <ul className="unseen">{lists.map(({ week, listed, audit, budget }) => <li key={week}>{words.pair(week, `${countOf(words, listed)} ${words.t('month.lists.listed')}, ${countOf(words, audit)} ${words.t('month.lists.audit')}, ${words.t('month.lists.budget')} ${budget ?? '–'}`)}</li>)}</ul>
        </>
      )}
    </section>
  );
}

export function Delays({ month: { delays } }: Props): ReactNode {
  const words = useWords();
  const row = (label: string, { count, medianDays }: Month['delays']['contact']): ReactNode => (
    <tr><th scope="row">{label}</th><td className="right">{medianDays === null ? '–' : words.t('month.days', { days: medianDays })}</td><td className="muted">{count === null ? words.t('month.keptBack') : words.t('month.delays.count', { count })}</td></tr>
  );
  return (
    <section className="block">
      <h2>{words.t('month.delays')}</h2>
      <table className="figures"><tbody>{row(words.t('month.delays.contact'), delays.contact)}{row(words.t('month.delays.both'), delays.bothInterested)}{row(words.t('month.delays.realised'), delays.realised)}</tbody></table>
    </section>
  );
}

/** What was realised, and apart from it what might be. */
export function Impact({ month: { impact } }: Props): ReactNode {
  const words = useWords();
  const unknown = words.t('month.impact.unknown');
  const row = (name: 'begun' | 'running' | 'potential'): ReactNode => {
    const { count, quantities, euros, co2eTonnes, withoutQuantity } = impact[name];
    const sum = (value: number | null, unit: string): string => (value !== null ? words.quantity(value, unit) : count === null ? words.t('month.keptBack') : count === 0 ? '–' : unknown);
    return (
      <tr key={name}>
        <th scope="row">{words.t(`month.impact.${name}`)}</th>
        <td className="right">{countOf(words, count)}</td>
        <td>{quantities.length === 0 ? (count === 0 ? '–' : count === null ? words.t('month.keptBack') : unknown) : quantities.map(({ unit, quantity }) => words.quantity(quantity, unit)).join(' · ')} {withoutQuantity ? <span className="muted">{words.t('month.impact.without', { count: withoutQuantity })}</span> : null}</td>
        <td className="right">{sum(euros, '€')}</td>
        <td className="right">{name === 'potential' ? '–' : sum(co2eTonnes, 't')}</td>
      </tr>
    );
  };
  return (
    <section className="block">
      <h2>{words.t('month.impact')}<small>{words.t('month.impact.explain')}</small></h2>
      <div className="figures-scroll" tabIndex={0} role="region" aria-label={words.t('month.impact')}>
        <table className="figures">
          <thead><tr><td /><th className="right">{words.t('month.impact.count')}</th><th>{words.t('month.impact.quantity')}</th><th className="right">{words.t('month.impact.euros')}</th><th className="right">{words.t('month.impact.co2e')}</th></tr></thead>
          <tbody>{(['begun', 'running', 'potential'] as const).map(row)}</tbody>
        </table>
      </div>
    </section>
  );
}

export function Families({ month: { families } }: Props): ReactNode {
  const words = useWords();
  return (
    <section className="block">
      <h2>{words.t('month.families')}</h2>
      <div className="figures-scroll" tabIndex={0} role="region" aria-label={words.t('month.families')}>
        <table className="figures">
          <thead><tr><th>{words.t('month.family')}</th><th className="right">{words.t('month.family.shown')}</th><th>{words.t('month.family.acceptance')}</th><th className="right">{words.t('month.both')}</th><th className="right">{words.t('month.realised')}</th></tr></thead>
          <tbody>{families.map((row) => (
            <tr key={row.family ?? ''}><th scope="row">{words.of('family', row.family ?? 'others')}</th><td className="right">{countOf(words, row.shown)}</td><td className={row.acceptance.share === null ? 'muted' : undefined}>{shareText(words, row.acceptance)}</td><td className="right">{countOf(words, row.bothInterested)}</td><td className="right">{countOf(words, row.realised)}</td></tr>
          ))}</tbody>
        </table>
      </div>
    </section>
  );
}

export function Reasons({ month: { reasons } }: Props): ReactNode {
  const words = useWords();
  const bars = (rows: Month['reasons']): ReactNode => (
    <CountBars rows={rows.map(({ reason, label, knowable, count }) => ({ key: reason, count: count ?? 0, label: <>{label}{knowable && <small className="muted"> · {words.t('month.reasons.knowable')}</small>}</> }))} />
  );
  const byCategory = new Map<string, Month['reasons']>();
  for (const row of reasons) if (row.category !== null) byCategory.set(row.category, [...(byCategory.get(row.category) ?? []), row]);
  return (
    <section className="block">
      <h2>{words.t('month.reasons')}</h2>
      {reasons.length === 0 ? <p className="muted">{words.t('month.reasons.none')}</p> : bars(reasons.filter(({ category }) => category === null))}
      {byCategory.size > 0 && (
        <details>
          <summary>{words.t('month.reasons.byCategory')}</summary>
          {[...byCategory].map(([category, rows]) => <div key={category}><b>{rows[0].categoryLabel?.[words.language]}</b>{bars(rows)}</div>)}
        </details>
      )}
    </section>
  );
}

export function Gates({ month: { funnel } }: Props): ReactNode {
  const words = useWords();
  return (
    <section className="block">
      <h2>{words.t('month.gates')}</h2>
      {funnel.length === 0 ? <p className="muted">{words.t('month.lists.none')}</p> : (
        <table className="figures">
          <thead><tr><th>{words.t('month.gate')}</th><th className="right">{words.t('month.gate.removed')}</th></tr></thead>
          <tbody>{funnel.filter(({ removed }) => removed > 0).map(({ gate, label, removed, exact, low, high }) => (
            <tr key={gate}><th scope="row">{label}</th><td className="right">{words.number(removed)}{!exact && low !== undefined && high !== undefined && <small className="muted"> ({words.t('month.gate.between', { low: words.number(low), high: words.number(high) })})</small>}</td></tr>
          ))}</tbody>
        </table>
      )}
    </section>
  );
}
