// The secrets by which a site's back end proves who its users are. Two may be alive, so that a back
// end can change over without a gap.
import { useLingui } from '@lingui/react/macro'
import { Button, Group, Stack, Table, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, at, dataOf } from '../../api/client.ts'
import { identityTokensQuery } from '../../api/queries.ts'
import type { IdentityToken } from '../../api/shapes.ts'
import { ConfirmButton } from '../../settings/confirm-button.tsx'
import { ShownOnce } from '../../settings/shown-once.tsx'
import { FailureNote } from '../../shell/failure-note.tsx'
import { Loading } from '../../shell/page.tsx'
import { At } from '../../shell/when.tsx'

const A = '/api/v1/accounts/{account_id}/widgets/{id}/identity_tokens'

export function IdentityTokens({ inboxId }: { inboxId: number }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const tokens = useQuery(identityTokensQuery(inboxId))
  const renew = () => queries.invalidateQueries({ queryKey: identityTokensQuery(inboxId).queryKey })
  const make = useMutation({
    meta: { shown: true },
    mutationFn: () => dataOf(api.POST(A, { params: at(inboxId) })),
    onSuccess: renew,
  })
  if (tokens.data === undefined) return <Loading />
  const full = tokens.data.length >= 2
  return (
    <Stack align="stretch">
      <Title order={2} size="h4">{t`Identity tokens`}</Title>
      <Text size="sm">
        {t`To replace one: make the second, let your back end use it, then end the first. Hashes of both are good meanwhile.`}
      </Text>
      <Table>
        <Table.Tbody>
          {tokens.data.map((token) => (
            <TokenRow key={token.id} inboxId={inboxId} token={token} onEnded={renew} />
          ))}
        </Table.Tbody>
      </Table>
      <FailureNote error={make.error} />
      <Group>
        <Button
          variant="default"
          disabled={full}
          loading={make.isPending}
          onClick={() => make.mutate()}
        >
          {t`Make an identity token`}
        </Button>
        {full && <Text size="sm">{t`Two are alive: end one first.`}</Text>}
      </Group>
      {make.data && (
        <ShownOnce title={t`The identity token, for your back end alone`} value={make.data.token} />
      )}
    </Stack>
  )
}

function TokenRow(props: { inboxId: number; token: IdentityToken; onEnded: () => void }) {
  const { t, i18n } = useLingui()
  const { inboxId, token, onEnded } = props
  const end = useMutation({
    mutationFn: () => {
      const { path } = at(inboxId)
      return api.DELETE(`${A}/{token_id}`, { params: { path: { ...path, token_id: token.id } } })
    },
    onSuccess: onEnded,
  })
  const made = i18n.date(token.created_at, { dateStyle: 'short', timeStyle: 'short' })
  return (
    <Table.Tr>
      <Table.Td>
        {t`Alive since`} <At time={token.created_at} />
      </Table.Td>
      <Table.Td>
        <ConfirmButton
          label={t`End the token`}
          question={t`End the identity token made ${made}? Hashes made with it are refused from now on.`}
          loading={end.isPending}
          onConfirm={() => end.mutate()}
        />
      </Table.Td>
    </Table.Tr>
  )
}
