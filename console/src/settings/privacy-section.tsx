// Exports and erasures of contacts, the newest first: the record of them.
import { useLingui } from '@lingui/react/macro'
import { Table } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { agentsQuery, privacyRequestsQuery } from '../api/queries.ts'
import { PrivacyStatus } from '../contacts/privacy-status.tsx'
import { MoreButton } from '../shell/more-button.tsx'
import { Loading, Nothing } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { At } from '../shell/when.tsx'

export function PrivacySection() {
  const { t } = useLingui()
  const requests = useInfiniteQuery(privacyRequestsQuery)
  const { data: agents = [] } = useQuery(agentsQuery)
  if (requests.isPending) return <Loading />
  if (requests.isError) return <PageFailure error={requests.error} retry={requests.refetch} />
  const all = requests.data.pages.flatMap(({ data }) => data)
  if (all.length === 0) {
    return (
      <Nothing title={t`Nothing was exported or erased yet`}>
        {t`Both begin at the page of a contact.`}
      </Nothing>
    )
  }
  return (
    <>
      <Table.ScrollContainer minWidth={600}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t`What`}</Table.Th>
              <Table.Th>{t`Contact`}</Table.Th>
              <Table.Th>{t`Asked by`}</Table.Th>
              <Table.Th>{t`When`}</Table.Th>
              <Table.Th>{t`Status`}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {all.map((request) => (
              <Table.Tr key={request.id}>
                <Table.Td>{request.kind === 'export' ? t`Export` : t`Erasure`}</Table.Td>
                <Table.Td>#{request.contact_id}</Table.Td>
                <Table.Td>{agents.find(({ id }) => id === request.requested_by)?.name}</Table.Td>
                <Table.Td>
                  <At time={request.created_at} />
                </Table.Td>
                <Table.Td>
                  <PrivacyStatus request={request} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <MoreButton query={requests} />
    </>
  )
}
