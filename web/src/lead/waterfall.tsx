import type { ReactNode } from 'react';
import type { Part } from '../api/types';
import { useWords } from '../words';

interface Step extends Part {
  from: number;
  to: number;
}

/** Where each part starts and ends on the way from zero to the total, in points. */
function stepsOf(parts: readonly Part[]): Step[] {
  let reached = 0;
  return parts.map((part) => {
    const from = reached;
    reached += part.points;
    return { ...part, from, to: reached };
  });
}

/** The score taken apart: one bar a term, each beginning where the one above ended, down to the total. */
export function Waterfall({ parts, total }: { parts: readonly Part[]; total: number }): ReactNode {
  const words = useWords();
  const steps = stepsOf(parts);
  const ends = [0, total, ...steps.map((step) => step.to)];
  const [lowest, highest] = [Math.min(...ends), Math.max(...ends)];
  const at = (points: number): number => ((points - lowest) / (highest - lowest || 1)) * 100;
  const bar = (from: number, to: number, tone: string): ReactNode => (
    <div aria-hidden="true">
      <span className="zero" style={{ left: `${at(0)}%` }} />
      <i className={tone} style={{ left: `${at(Math.min(from, to))}%`, width: `${at(Math.max(from, to)) - at(Math.min(from, to))}%` }} />
    </div>
  );
  return (
    <table className="waterfall">
        <thead className="unseen">
          <tr><th scope="col">{words.t('lead.term')}</th><td /><th scope="col">{words.t('lead.termPoints')}</th><th scope="col">{words.t('lead.termWhy')}</th></tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step.term}>
              <th scope="row">{step.label}</th>
              <td className="bar">{bar(step.from, step.to, step.points > 0 ? 'plus' : 'minus')}</td>
              <td className="points number">{words.points(step.points, true)}</td>
              <td className="why">{step.why}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{words.t('lead.total')}</th>
            <td className="bar">{bar(0, total, 'total')}</td>
            <td className="points number">{words.points(total)}</td>
            <td className="why">{words.t('lead.why.explain')}</td>
          </tr>
        </tfoot>
    </table>
  );
}
