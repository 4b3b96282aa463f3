// What the API refused, in its own words, beside what was tried.
import { Alert, List, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ApiFailure } from '../api/client.ts'

export function FailureNote({ error }: { error: Error | null }) {
  if (error === null) return null
  const fields = error instanceof ApiFailure ? error.fields : []
  const remedy = error instanceof ApiFailure ? error.remedy : ''
  return (
    <Alert role="alert" color="red" icon={<IconAlertTriangle />} title={error.message}>
      {fields.length > 0 ? (
        <List size="sm">
          {fields.map(({ field, message, remedy: mend }) => (
            <List.Item key={field}>
              <b>{field}</b>: {message} {mend}
            </List.Item>
          ))}
        </List>
      ) : (
        remedy && <Text size="sm">{remedy}</Text>
      )}
    </Alert>
  )
}
