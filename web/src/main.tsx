import '@mantine/core/styles.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { asProblem } from './api/problem';
import { App } from './app';
import './styles.css';
import { theme } from './theme';
import { WordsProvider } from './words';

const queries = new QueryClient({
  defaultOptions: { queries: { networkMode: 'always', staleTime: 5_000, retry: (count, error) => asProblem(error).passing && count < 2 } },
});

createRoot(document.getElementById('root') as HTMLElement).render(
  <MantineProvider theme={theme} defaultColorScheme="auto">
    <QueryClientProvider client={queries}>
      <WordsProvider><App /></WordsProvider>
    </QueryClientProvider>
  </MantineProvider>,
);
