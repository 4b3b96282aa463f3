// Which channel; each with what it is for.
import { useLingui } from '@lingui/react/macro'
import { Card, Group, SimpleGrid, Text, UnstyledButton } from '@mantine/core'
import { ChannelIcon } from '../channels.tsx'
import { type InboxDraft, WIZARD_CHANNELS } from './inbox-draft.ts'

type Channel = InboxDraft['channel']

export function ChannelStep({ onChoose }: { onChoose: (channel: Channel) => void }) {
  const { t } = useLingui()
  const words: Record<Channel, [name: string, purpose: string]> = {
    email: [t`E-mail, other providers`, t`Any mailbox with IMAP and SMTP, by login and password.`],
    google: [t`E-mail, Google`, t`Gmail and Google Workspace, by signing in.`],
    microsoft: [t`E-mail, Microsoft`, t`Outlook and Microsoft 365, by signing in.`],
    instagram: [
      t`Messenger and Instagram`,
      t`The messages of a Facebook page and its Instagram account.`,
    ],
    whatsapp_twilio: [t`WhatsApp, Twilio`, t`A number that Twilio serves.`],
    whatsapp_cloud: ['WhatsApp', t`A number by Meta’s own Cloud API, with buttons and forms.`],
    web_widget: [t`Website`, t`A chat on your site.`],
  }
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} mt="md">
      {WIZARD_CHANNELS.map((channel) => (
        <UnstyledButton key={channel} onClick={() => onChoose(channel)}>
          <Card withBorder h="100%">
            <Group wrap="nowrap">
              <ChannelIcon channel={channel} />
              <div>
                <Text fw={600}>{words[channel][0]}</Text>
                <Text size="sm">{words[channel][1]}</Text>
              </div>
            </Group>
          </Card>
        </UnstyledButton>
      ))}
    </SimpleGrid>
  )
}
