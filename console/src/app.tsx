// What every page stands in: language, theme, query cache, router.
import { I18nProvider } from '@lingui/react'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ApiFailure } from './api/client.ts'
import { sessionQuery } from './api/queries.ts'
import { i18n } from './i18n.ts'
import { pageNonce } from './nonce.ts'
import { createConsoleRouter } from './router.tsx'
import { tellFailure } from './shell/tell.tsx'
import { theme } from './theme.ts'

/** A session that ended shows the login, whichever request noticed it. */
function onFailure(error: Error): void {
  if (error instanceof ApiFailure && error.code === 'unauthenticated') {
    queries.setQueryData(sessionQuery.queryKey, null)
    void router.invalidate()
  }
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: onFailure }),
  mutationCache: new MutationCache({
    onError(error, _variables, _context, mutation) {
      onFailure(error)
      // A form shows its failure beside its fields; what has no form tells it in a corner.
      if (mutation.meta?.shown !== true) tellFailure(error)
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && !(error instanceof ApiFailure && error.status < 500),
    },
  },
})
const router = createConsoleRouter(queries)

export function App() {
  return (
    <I18nProvider i18n={i18n}>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => pageNonce}>
        <QueryClientProvider client={queries}>
          <Notifications position="bottom-right" />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </I18nProvider>
  )
}
