import { Anchor, CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { leadAddress } from '../location';
import { useWords } from '../words';
import type { MapLink, ShownFlow, ShownSite } from './map-data';

function Card({ title, onClose, children }: { title: string; onClose(): void; children: ReactNode }): ReactNode {
  const words = useWords();
  return (
    <section className="map-card" aria-label={words.t('map.card')}>
      <header><h2>{title}</h2><CloseButton size="sm" aria-label={words.t('map.card.close')} onClick={onClose} /></header>
      {children}
    </section>
  );
}

/** What is known of a site: its flows that the filter leaves, and the way to its company. */
export function SiteCard({ site, onClose }: { site: ShownSite; onClose(): void }): ReactNode {
  const words = useWords();
  const list = (flows: ShownFlow[], title: string, direction: string): ReactNode => flows.length > 0 && (
    <>
      <h3><i className={`map-dot ${direction}`} />{title}</h3>
      <ul className="plain">{flows.map(({ id, label, quantity, unit }) => <li key={id}>{label[words.language]} <span className="muted">{quantity === null ? words.t('map.card.unknown') : words.yearly(quantity, unit)}</span></li>)}</ul>
    </>
  );
  return (
    <Card title={site.company} onClose={onClose}>
      {site.commune && <p className="muted">{site.commune}</p>}
      {list(site.flows.filter(({ output }) => output), words.t('map.card.outputs'), 'output')}
      {list(site.flows.filter(({ output }) => !output), words.t('map.card.inputs'), 'input')}
      <Anchor href={`#/companies/${encodeURIComponent(site.companyId)}`} fz="sm">{words.t('map.card.open')}</Anchor>
    </Card>
  );
}

/** A lead, an introduction or a synergy. */
export function LinkCard({ link, onClose }: { link: MapLink; onClose(): void }): ReactNode {
  const words = useWords();
  const address = link.kind === 'lead' ? leadAddress(link.id) : link.step === null ? null : `#/introductions/${encodeURIComponent(link.id)}`;
  return (
    <Card title={link.kind === 'lead' && link.points !== null ? words.t('map.link.lead', { points: words.points(link.points) }) : words.t(link.kind === 'lead' ? 'map.layer.lead' : `map.link.${link.kind}`)} onClose={onClose}>
      <p><i className={`map-line ${link.kind}`} />{link.label[words.language]}</p>
      <p>{link.from} → {link.to}</p>
      {address !== null && <Anchor href={address} fz="sm">{words.t('map.link.open')}</Anchor>}
    </Card>
  );
}
