import { Button, Skeleton } from '@mantine/core';
import { useInViewport, useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import type { CandidateDetail } from '../api/types';
import { useWords } from '../words';

/** The map's library is many times as large as this page: it comes when the map is looked at. */
const LeadSurroundings = lazy(async () => ({ default: (await import('../map/lead-surroundings')).LeadSurroundings }));

/** Where the lead lies: folded on a phone until asked for, and on any screen nothing is loaded before the middle of the map is in view. */
export function LeadMap({ lead }: { lead: CandidateDetail }): ReactNode {
  const words = useWords();
  const narrow = useMediaQuery('(max-width: 860px)', window.innerWidth <= 860, { getInitialValueInEffect: false });
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
      {open && (seen ? <Suspense fallback={<Skeleton height={340} />}><LeadSurroundings lead={lead} asked={inViewport} /></Suspense> : <div className="lead-map-place" />)}
    </section>
  );
}
