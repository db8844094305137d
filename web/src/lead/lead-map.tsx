import { Button, Skeleton } from '@mantine/core';
import { useInViewport, useLocalStorage } from '@mantine/hooks';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import type { CandidateDetail } from '../api/types';
import { useWords } from '../words';

/** The map's library is many times as large as this page: it comes when the map is looked at. */
const LeadSurroundings = lazy(async () => ({ default: (await import('../map/lead-surroundings')).LeadSurroundings }));

/** Where the lead lies: folded on a phone until asked for, and on any screen nothing is loaded before most of the map is in view. */
export function LeadMap({ lead }: { lead: CandidateDetail }): ReactNode {
  const words = useWords();
  // Once for all: a sheet of paper is narrow too, and shows what the screen did.
  const [narrow] = useState(() => window.innerWidth <= 860);
  const [open, setOpen] = useLocalStorage({ key: `maillon.lead-map${narrow ? '.narrow' : ''}`, defaultValue: !narrow, getInitialValueInEffect: false });
  const { ref, inViewport } = useInViewport();
  // Once drawn it stays: it would be drawn anew at each scroll.
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (open && inViewport) setSeen(true);
  }, [open, inViewport]);
  return (
    <section className="block lead-map" aria-labelledby="lead-map-heading">
      <i className="lead-map-eye" ref={ref} />
      <h3 id="lead-map-heading">
        {words.t('map.lead.title')}
        <Button size="compact-xs" variant="default" className="no-print" aria-expanded={open} onClick={() => setOpen(!open)}>{words.t(open ? 'map.lead.close' : 'map.lead.open')}</Button>
      </h3>
      {open && (seen ? <Suspense fallback={<Skeleton height={340} />}><LeadSurroundings lead={lead} asked={inViewport} /></Suspense> : <Sketch lead={lead} />)}
    </section>
  );
}

/** Until the map is drawn: which way the need lies from the offer, north up, without a scale. */
function Sketch({ lead: { output, input } }: { lead: CandidateDetail }): ReactNode {
  const words = useWords();
  const placed = output.latitude !== null && output.longitude !== null && input.latitude !== null && input.longitude !== null;
  const east = placed ? ((input.longitude ?? 0) - (output.longitude ?? 0)) * Math.cos(((output.latitude ?? 0) * Math.PI) / 180) : 0;
  const north = placed ? (input.latitude ?? 0) - (output.latitude ?? 0) : 0;
  // As long as the frame allows; two sites in one place stand side by side.
  const length = Math.min(150 / Math.abs(east), 45 / Math.abs(north));
  const [x, y] = Number.isFinite(length) ? [east * length, -north * length] : [20, 0];
  return (
    <div className="lead-map-place muted">
      <p>{words.t('map.lead.scroll')}</p>
      {placed && (
        <svg viewBox="-200 -70 400 140" aria-hidden="true">
          <line x1={-x} y1={-y} x2={x} y2={y} stroke="var(--line-strong)" strokeWidth={2} />
          <circle cx={-x} cy={-y} r={9} fill="var(--supply)" />
          <circle cx={x} cy={y} r={9} fill="var(--demand)" />
        </svg>
      )}
    </div>
  );
}
