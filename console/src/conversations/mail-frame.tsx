// The HTML of a mail in a frame that can run nothing; pictures of other servers wait to be asked for.
import { useLingui } from '@lingui/react/macro'
import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { addressOf } from '../api/client.ts'
import type { Message } from '../api/shapes.ts'

/** Longer mails scroll within the frame. */
const MAX_HEIGHT = 1200

export function MailFrame({ message }: { message: Message }) {
  const { t } = useLingui()
  const [pictures, setPictures] = useState(false)
  const [height, setHeight] = useState(40)
  const [blocked, setBlocked] = useState(0)
  return (
    <>
      <iframe
        className="mail-frame"
        title={t`The mail`}
        // Same origin only so that its height can be measured: without scripts it can do nothing.
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        src={addressOf(`/messages/${message.id}/page?remote_images=${pictures}`)}
        height={height}
        onLoad={({ currentTarget }) => {
          const mail = currentTarget.contentDocument
          setHeight(Math.min((mail?.documentElement.scrollHeight ?? 0) + 4, MAX_HEIGHT))
          setBlocked(Number(mail?.body.dataset.blockedImages ?? 0))
        }}
      />
      {blocked > 0 && (
        <Group>
          <Button size="compact-sm" variant="subtle" onClick={() => setPictures(true)}>
            {t`Load pictures from other servers`}
          </Button>
        </Group>
      )}
    </>
  )
}
