// How far an export or an erasure is, and where the export can be had.
import { useLingui } from '@lingui/react/macro'
import { Anchor, Text } from '@mantine/core'
import type { PrivacyRequest } from '../api/shapes.ts'
import { At } from '../shell/when.tsx'

export function PrivacyStatus({ request }: { request: PrivacyRequest }) {
  const { t } = useLingui()
  const { kind, status, url, expires_at } = request
  if (kind === 'export' && status === 'done' && url !== null) {
    return (
      <Text size="sm">
        <Anchor href={url} download>{t`Download the export`}</Anchor>{' '}
        {expires_at !== null && (
          <>
            {t`Kept until`} <At time={expires_at} />
          </>
        )}
      </Text>
    )
  }
  const words: Record<PrivacyRequest['status'], string> = {
    waiting: t`Waits for its turn`,
    running: kind === 'export' ? t`The export is being made` : t`The contact is being erased`,
    done: t`Done`,
    expired: t`The export has been deleted`,
    failed: request.reason === 'contact_gone' ? t`The contact was erased before` : t`It failed`,
  }
  return <Text size="sm">{words[status]}</Text>
}
