import type { ReactNode } from 'react';

const PATHS = {
  week: 'M3 5h14M3 10h14M3 15h8M15 13v4m-2-2h4',
  introductions: 'M7 13l-2 2a2.8 2.8 0 0 1-4-4l4-4a2.8 2.8 0 0 1 4 0M13 7l2-2a2.8 2.8 0 0 1 4 4l-4 4a2.8 2.8 0 0 1-4 0M7.5 12.500l5-5',
  companies: 'M3 17V6l5-3v14M8 17V8h9v9M2 17h16M11 11h3M11 14h3M5 8v1M5 11.500v1',
  capture: 'M10 3v14M3 10h14',
  map: 'M2.5 5l5-2 5 2 5-2v12l-5 2-5-2-5 2zM7.5 3v12M12.5 5v12',
  month: 'M3 17h14M5 17v-5M9 17V7M13 17v-8M17 17V4',
  tuning: 'M4 3v6m0 4v4M10 3v2m0 4v8M16 3v9m0 4v1M2 11h4M8 7h4M14 14h4',
  imports: 'M10 3v9m-4-4 4 4 4-4M3 14v3h14v-3',
  admin: 'M10 10a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.400zM3.5 17c.6-3.4 3.2-5 6.5-5s5.9 1.6 6.5 5',
  account: 'M10 17.500a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15zM10 10.500a2.300 2.300 0 1 0 0-4.600 2.300 2.300 0 0 0 0 4.600zM5.500 15.800c.7-2 2.400-3 4.500-3s3.800 1 4.500 3',
  more: 'M4 10h.01M10 10h.01M16 10h.01',
  leave: 'M8 3H4v14h4M9 10h9m-4-4 4 4-4 4',
  auto: 'M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14',
  light: 'M10 13.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 1.500v2M10 16.500v2M1.5 10h2M16.5 10h2M4 4l1.4 1.400M14.6 14.6 16 16M4 16l1.4-1.400M14.6 5.4 16 4',
  dark: 'M16.5 12A7 7 0 0 1 8 3.5 7 7 0 1 0 16.5 12z',
  phone: 'M5 2.500h2.500L9 7 7 8.500c.8 2 2.5 3.7 4.5 4.500L13 11l4.5 1.500V15c0 1.4-1.1 2.5-2.5 2.500C8.5 17 3 11.5 2.5 5 2.5 3.6 3.6 2.5 5 2.500z',
  visit: 'M10 17.500c3.5-4 5.5-7 5.5-9.500a5.5 5.5 0 0 0-11 0c0 2.5 2 5.5 5.5 9.500zM10 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  mail: 'M2.5 4.500h15v11h-15zM2.5 5.500l7.5 6 7.5-6',
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing of 20 by 20; says nothing by itself, a word stands beside it. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth={name === 'more' ? 3 : 1.5} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
      {name === 'auto' && <path d="M10 3a7 7 0 1 0 0 14z" fill="currentColor" stroke="none" />}
    </svg>
  );
}
