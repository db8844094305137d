import { Alert, Button, Checkbox, Chip, Group, SegmentedControl, Skeleton, TextInput, useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { api, sendSignedIn } from '../api/client';
import { asProblem } from '../api/problem';
import type { PageProps } from '../page-props';
import { describeProblem } from '../problem-text';
import { useWords } from '../words';
import './map.css';
import { communeNames, LINK_KINDS, linkLines, type LinkKind, type MapFilter, type MapLink, shownSites, type ShownSite, sitePoints } from './map-data';
import { LinkCard, SiteCard } from './cards';
import { boundsOf } from './places';
import { type MapHandle, TerritoryMap } from './territory-map';

const LISTED = 12;
const NO_LINKS: MapLink[] = [];

/** The territory as it is known: sites, and what may or does tie them together. */
export function MapPage({ session }: PageProps): ReactNode {
  const words = useWords();
  const scheme = useComputedColorScheme();
  const seesLinks = session.permissions.includes('candidate.read');
  const map = useQuery({ queryKey: ['map'], queryFn: () => sendSignedIn(() => api.GET('/api/map')), staleTime: 60_000 });
  const settings = useQuery({ queryKey: ['map-settings'], queryFn: () => sendSignedIn(() => api.GET('/api/map/settings')), staleTime: Infinity });
  const links = useQuery({ queryKey: ['map-links'], queryFn: () => sendSignedIn(() => api.GET('/api/map/links')), enabled: seesLinks, staleTime: 60_000 });
  const [filter, setFilter] = useState<MapFilter>({ direction: 'all', families: [] });
  const [withSites, setWithSites] = useState(true);
  const [kinds, setKinds] = useState<readonly LinkKind[]>(LINK_KINDS);
  const [search, setSearch] = useState('');
  const [chosen, choose] = useState<{ site: ShownSite } | { link: MapLink } | null>(null);
  const handle = useRef<MapHandle>(null);

  const sites = useMemo(() => (map.data ? shownSites(map.data, filter) : []), [map.data, filter]);
  const allLinks = links.data?.links ?? NO_LINKS;
  const layers = useMemo(() => ({ sites: sitePoints(withSites ? sites : []), names: communeNames(sites), links: linkLines(allLinks, filter, kinds) }), [sites, withSites, allLinks, filter, kinds]);
  const bounds = useMemo(() => boundsOf((map.data?.sites.longitude ?? []).map((longitude, at): [number, number] => [longitude, map.data?.sites.latitude[at] ?? 0])), [map.data]);
  const found = useMemo(() => {
    const wanted = search.trim().toLocaleLowerCase();
    const { compare } = new Intl.Collator(words.language);
    return sites.filter(({ company, commune }) => `${company} ${commune ?? ''}`.toLocaleLowerCase().includes(wanted)).sort((a, b) => compare(a.company, b.company));
  }, [sites, search, words.language]);

  const failed = map.error ?? settings.error ?? links.error;
  if (failed) {
    const again = (): void => void [map, settings, links].filter(({ error }) => error).map((query) => query.refetch());
    return <main className="sheet"><Alert color="red" variant="light" title={words.t('map.failed')}>{describeProblem(words, asProblem(failed))} <Button size="compact-sm" variant="default" onClick={again}>{words.t('app.retry')}</Button></Alert></main>;
  }
  if (!map.data || !settings.data) return <main className="sheet" role="status"><span className="unseen">{words.t('app.loading')}</span><Skeleton height={400} /></main>;

  const families = [...new Set(map.data.categories.map(({ family }) => family))].filter((family) => family !== null);
  const { tilesUrl, tilesCredit } = settings.data;
  const credit = tilesUrl === null ? words.t('map.credit') : [tilesCredit, words.t('map.credit')].filter(Boolean).join(' · ');
  const save = (): void => {
    const picture = handle.current?.picture(`${session.territory.name} · ${words.day(new Date().toISOString())} · ${credit}`);
    if (!picture) return;
    const link = document.createElement('a');
    link.href = picture;
    link.download = 'maillon.png';
    link.click();
  };
  const show = (site: ShownSite): void => {
    choose({ site });
    handle.current?.flyTo(site.at);
  };
  return (
    <main className="map-page">
      <section className="map-side" aria-label={words.t('map.filters')}>
        <h1>{words.t('map.title')}</h1>
        <SegmentedControl size="xs" fullWidth aria-label={words.t('map.direction')} value={filter.direction} onChange={(value) => setFilter({ ...filter, direction: value as MapFilter['direction'] })}
          data={(['all', 'output', 'input'] as const).map((value) => ({ value, label: words.t(`map.direction.${value}`) }))} />
        <Chip.Group multiple value={[...filter.families]} onChange={(value) => setFilter({ ...filter, families: value })}>
          <Group gap={6} role="group" aria-label={words.t('map.families')}>{families.map((family) => <Chip key={family} size="xs" value={family}>{words.of('family', family)}</Chip>)}</Group>
        </Chip.Group>
        <fieldset className="map-layers">
          <legend>{words.t('map.layers')}</legend>
          <Checkbox size="sm" label={<><i className="map-dot output" /><i className="map-dot input" />{words.t('map.layer.sites')}</>} checked={withSites} onChange={({ currentTarget }) => setWithSites(currentTarget.checked)} />
          {seesLinks && LINK_KINDS.map((kind) => (
            <Checkbox key={kind} size="sm" label={<><i className={`map-line ${kind}`} />{words.t(`map.layer.${kind}`)} ({words.number(allLinks.filter((link) => link.kind === kind).length)})</>}
              checked={kinds.includes(kind)} onChange={({ currentTarget }) => setKinds(currentTarget.checked ? [...kinds, kind] : kinds.filter((other) => other !== kind))} />
          ))}
        </fieldset>
        <p className="muted map-counts" role="status">
          {words.t('map.counts', { sites: sites.length, flows: sites.reduce((sum, { flows }) => sum + flows.length, 0) })}
          {map.data.withoutPlace > 0 && <><br />{words.t('map.withoutPlace', { count: map.data.withoutPlace })}</>}
        </p>
        {sites.length === 0 && <p className="map-empty">{words.t('map.empty')}</p>}
        <TextInput className="no-print" size="xs" label={words.t('map.find')} placeholder={words.t('map.find.placeholder')} value={search} onChange={({ currentTarget }) => setSearch(currentTarget.value)} />
        <ul className="map-found no-print">
          {found.slice(0, LISTED).map((site) => <li key={site.id}><button type="button" onClick={() => show(site)}><span>{site.company}</span> <span className="muted">{site.commune}</span></button></li>)}
          {found.length > LISTED && <li className="muted">{words.t('map.find.more', { count: found.length - LISTED })}</li>}
        </ul>
        <Group gap={6} className="no-print">
          <Button size="compact-sm" variant="default" onClick={() => window.print()}>{words.t('map.print')}</Button>
          <Button size="compact-sm" variant="default" onClick={save}>{words.t('map.png')}</Button>
        </Group>
      </section>
      <div className="map-stage">
        <TerritoryMap key={scheme} layers={layers} bounds={bounds} clustered tiles={tilesUrl === null ? null : { url: tilesUrl, credit: tilesCredit }} label={words.t('map.canvas')} unable={words.t('map.noWebgl')}
          onSite={(place) => choose({ site: sites[place] })} onLink={(place) => choose({ link: allLinks[place] })} handle={handle} />
        {chosen && ('site' in chosen ? <SiteCard site={chosen.site} onClose={() => choose(null)} /> : <LinkCard link={chosen.link} onClose={() => choose(null)} />)}
        <p className="map-credit">
          <span><i className="map-dot output" />{words.t('map.legend.output')} <i className="map-dot input" />{words.t('map.legend.input')} <i className="map-dot both" />{words.t('map.legend.both')}</span>
          <span>{credit}</span>
        </p>
      </div>
    </main>
  );
}
