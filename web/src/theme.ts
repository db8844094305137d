import { Alert, createTheme, Modal, Tooltip } from '@mantine/core';

/** System fonts only: nothing is fetched from elsewhere. White text keeps 4.5:1 on the primary shade, in both schemes. */
export const theme = createTheme({
  primaryColor: 'cyan',
  primaryShade: 9,
  // The dark shades of the pages' own variables, so that fields and windows are of one piece with them.
  colors: { dark: ['#e5e9ec', '#b9c4cb', '#a6b1b9', '#7d8a93', '#5a666f', '#3a454c', '#232b30', '#1a2024', '#151a1e', '#12171a'] },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  defaultRadius: 'sm',
  headings: { fontWeight: '600' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // The colour is in the ground and the edge: a title in orange on light orange is too faint to read.
    Alert: Alert.extend({ styles: { title: { color: 'var(--ink)' } } }),
    // Whoever works by keys is not made to watch windows fade.
    Modal: Modal.extend({ defaultProps: { transitionProps: { duration: 0 }, overlayProps: { backgroundOpacity: 0.35 } } }),
    // A window's title is no banner of the page.
    ModalHeader: { defaultProps: { component: 'div' } },
    Tooltip: Tooltip.extend({ defaultProps: { events: { hover: true, focus: true, touch: true } } }),
  },
});
