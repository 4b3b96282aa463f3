// Short words in a corner: that something worked, or why not.
import { msg } from '@lingui/core/macro'
import { notifications } from '@mantine/notifications'
import { ApiFailure } from '../api/client.ts'
import { i18n } from '../i18n.ts'

const closeButton = () => ({ 'aria-label': i18n._(msg`Close`) })

export function tell(message: string): void {
  notifications.show({ message, color: 'green', closeButtonProps: closeButton() })
}

export function tellFailure(error: Error): void {
  notifications.show({
    title: error.message,
    message: error instanceof ApiFailure ? error.remedy : '',
    color: 'red',
    autoClose: 10_000,
    closeButtonProps: closeButton(),
  })
}
