// Short words in a corner: that something worked, or why not.
import { notifications } from '@mantine/notifications'
import { ApiFailure } from '../api/client.ts'

export function tell(message: string): void {
  notifications.show({ message, color: 'green' })
}

export function tellFailure(error: Error): void {
  const remedy = error instanceof ApiFailure ? error.remedy : ''
  notifications.show({ title: error.message, message: remedy, color: 'red', autoClose: 10_000 })
}
