// The rest of a list that is read page by page.
import { useLingui } from '@lingui/react/macro'
import { Button, Center } from '@mantine/core'

interface Pages {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

export function MoreButton({ query, label }: { query: Pages; label?: string }) {
  const { t } = useLingui()
  if (!query.hasNextPage) return null
  return (
    <Center p="md">
      <Button
        variant="default"
        loading={query.isFetchingNextPage}
        onClick={() => query.fetchNextPage()}
      >
        {label ?? t`Show more`}
      </Button>
    </Center>
  )
}
