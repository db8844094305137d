import { Alert, Anchor, Button, Group, useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import type { CandidateDetail } from '../api/types';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import './map.css';
import { neighboursOf, pairLayers, placesOfLead, type Surroundings } from './pair-layers';
import { firstView, viewsOf } from './places';
import { type MapHandle, TerritoryMap } from './territory-map';

const LISTED = 5;

/**
 * The two sites of a lead on a map with how far it may reach, and who else nearby has or needs the same; the lists say all of it in words.
 * @param asked whether to ask the server now: a lead that is only passed by is not worth a question
 */
export function LeadSurroundings({ lead, asked }: { lead: CandidateDetail; asked: boolean }): ReactNode {
  const words = useWords();
  const scheme = useComputedColorScheme();
  const settings = useQuery({ queryKey: ['map-settings'], queryFn: () => sendSignedIn(() => api.GET('/api/map/settings')), staleTime: Infinity });
  const around = useQuery({ queryKey: ['surroundings', lead.id], queryFn: () => sendSignedIn(() => api.GET('/api/candidates/{id}/surroundings', { params: { path: { id: lead.id } } })), staleTime: 60_000, enabled: asked });
  const handle = useRef<MapHandle>(null);
  const [chosen, choose] = useState<string | null>(null);
  const places = useMemo(() => placesOfLead(lead), [lead]);
  const known = around.data ?? null;
  const reach = known?.reach ?? null;
  const distance = lead.distanceKm === null ? '' : `${words.number(lead.distanceKm, { maximumFractionDigits: 1 })} km`;
  const layers = useMemo(() => (places ? pairLayers(lead, places, distance, known) : null), [lead, places, distance, known]);
  const view = useMemo(() => (places ? firstView(places, reach, lead.distanceKm ?? 0) : null), [places, reach, lead.distanceKm]);
  useEffect(() => {
    if (view) handle.current?.fit(view);
  }, [view]);

  if (around.error) {
    return <Alert color="red" variant="light" title={words.t('map.lead.failed')}>{describeProblem(words, asProblem(around.error))} <Button size="compact-sm" variant="default" onClick={() => void around.refetch()}>{words.t('app.retry')}</Button></Alert>;
  }
  const neighbours = known ? neighboursOf(known) : [];
  const views = places && viewsOf(places, reach);
  const look = (place: number): void => {
    const { flowId, longitude, latitude } = neighbours[place];
    choose(flowId);
    handle.current?.flyTo([longitude, latitude]);
  };
  const kilometres = (km: number): string => words.number(km, { maximumFractionDigits: 1 });
  return (
    <>
      {!places && <p className="muted">{words.t('map.lead.noPlace')}</p>}
      {places && layers && view && settings.data && (
        <>
          <div className="map-stage lead-map-place">
            <TerritoryMap key={scheme} layers={layers} bounds={view} clustered={false} tiles={settings.data.tilesUrl === null ? null : { url: settings.data.tilesUrl, credit: settings.data.tilesCredit }}
              label={words.t('map.lead.canvas', { distance })} unable={words.t('map.lead.noWebgl')} onSite={look} handle={handle} />
            <p className="map-credit">
              <span><i className="map-dot output" />{words.t('map.legend.output')} <i className="map-dot input" />{words.t('map.legend.input')}</span>
              <span>{[settings.data.tilesCredit, words.t('map.credit')].filter(Boolean).join(' · ')}</span>
            </p>
          </div>
          <Group gap={6} mt={8} className="no-print">
            {views && (['sites', 'soft', 'hard'] as const).map((which) => {
              const bounds = views[which];
              return bounds && <Button key={which} size="compact-xs" variant="default" onClick={() => handle.current?.fit(bounds)}>{words.t(`map.lead.view.${which}`)}</Button>;
            })}
          </Group>
        </>
      )}
      {known && (
        <p className="lead-map-reach">
          {reach ? words.t(reach.byQuantity ? 'map.lead.reachByQuantity' : 'map.lead.reach', { soft: kilometres(reach.softKm), hard: kilometres(reach.hardKm) }) : words.t('map.lead.noReach')}
        </p>
      )}
      {known && (
        <div className="two">
          <Neighbours side="output" flows={known.outputs} label={lead.output.label} chosen={chosen} onLook={(at) => look(at)} />
          <Neighbours side="input" flows={known.inputs} label={lead.input.label} chosen={chosen} onLook={(at) => look(known.outputs.nearest.length + at)} />
        </div>
      )}
    </>
  );
}

interface NeighboursProps {
  side: 'output' | 'input';
  flows: Surroundings['outputs'];
  label: string;
  chosen: string | null;
  onLook(at: number): void;
}

function Neighbours({ side, flows, label, chosen, onLook }: NeighboursProps): ReactNode {
  const words = useWords();
  const [whole, setWhole] = useState(false);
  const at = flows.nearest.findIndex(({ flowId }) => flowId === chosen);
  const shown = flows.nearest.slice(0, whole || at >= LISTED ? undefined : LISTED);
  return (
    <section>
      <h4><i className={`map-dot ${side}`} />{words.t(`map.lead.neighbours.${side}`, { count: flows.count, label })}</h4>
      {flows.count > 0 && <p className="muted">{words.t(`map.lead.from.${side}`)}</p>}
      <ul className="map-found">
        {shown.map((flow, place) => (
          <li key={flow.flowId} className="lead-neighbour">
            <button type="button" aria-current={flow.flowId === chosen} onClick={() => onLook(place)}>
              <span>{flow.company}</span>{' '}
              <span className="muted">{[flow.commune, `${words.number(flow.distanceKm, { maximumFractionDigits: 1 })} km`, flow.quantity === null ? words.t('map.card.unknown') : words.yearly(flow.quantity, flow.unit)].filter(Boolean).join(' · ')}</span>
            </button>
            <Anchor className="no-print" href={`#/companies/${encodeURIComponent(flow.companyId)}`} fz="xs" aria-label={words.t('map.lead.openCompany', { company: flow.company })}>{words.t('map.lead.sheet')}</Anchor>
          </li>
        ))}
      </ul>
      {shown.length < flows.nearest.length && <Button size="compact-xs" variant="subtle" className="no-print" onClick={() => setWhole(true)}>{words.t('map.lead.more', { count: flows.nearest.length - shown.length })}</Button>}
      {flows.count > flows.nearest.length && shown.length === flows.nearest.length && <p className="muted">{words.t('map.lead.beyond', { count: flows.count - flows.nearest.length })}</p>}
    </section>
  );
}
