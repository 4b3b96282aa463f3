// When somebody is there, and what visitors read when nobody is.
import { useLingui } from '@lingui/react/macro'
import { Button, Fieldset, Group, Select, Stack, Switch, TextInput } from '@mantine/core'
import type { DraftFieldsProps, WidgetDraft } from './widget-draft.ts'

type Hours = NonNullable<WidgetDraft['business_hours']>

const ZONES = Intl.supportedValuesOf('timeZone')
/** Monday to Friday. */
const USUAL = [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '18:00' }))

export function OpeningFields({ draft, onChange }: DraftFieldsProps) {
  const { t } = useLingui()
  const hours = draft.business_hours
  const set = (part: Partial<Hours>) => hours && onChange({ business_hours: { ...hours, ...part } })
  return (
    <Fieldset legend={t`Business hours`}>
      <Stack align="stretch">
        <Switch
          label={t`Visitors are told when nobody is there`}
          checked={hours !== null}
          onChange={(event) => {
            const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone
            const business_hours = { time_zone, days: USUAL, away_text: '' }
            onChange({ business_hours: event.currentTarget.checked ? business_hours : null })
          }}
        />
        {hours && (
          <>
            <Select
              label={t`Time zone`}
              allowDeselect={false}
              searchable
              value={hours.time_zone}
              data={ZONES.includes(hours.time_zone) ? ZONES : [hours.time_zone, ...ZONES]}
              onChange={(time_zone) => set({ time_zone: time_zone ?? hours.time_zone })}
            />
            <Days days={hours.days} onChange={(days) => set({ days })} />
            <TextInput
              label={t`Text while nobody is there`}
              maxLength={500}
              value={hours.away_text}
              onChange={(event) => set({ away_text: event.currentTarget.value })}
            />
          </>
        )}
      </Stack>
    </Fieldset>
  )
}

function Days({
  days,
  onChange,
}: {
  days: Hours['days']
  onChange: (days: Hours['days']) => void
}) {
  const { t, i18n } = useLingui()
  // The first of February 2026 is a Sunday.
  const names = Array.from({ length: 7 }, (_, day) => ({
    value: String(day),
    label: i18n.date(new Date(2026, 1, 1 + day), { weekday: 'long' }),
  }))
  const change = (index: number, part: Partial<Hours['days'][number]>) =>
    onChange(days.map((one, at) => (at === index ? { ...one, ...part } : one)))
  return (
    <>
      {days.map(({ day, from, to }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the list
        <Group key={index} align="flex-end">
          <Select
            label={t`Day`}
            allowDeselect={false}
            value={String(day)}
            data={names}
            onChange={(value) => change(index, { day: Number(value) })}
          />
          <TextInput
            label={t`Opens at`}
            type="time"
            required
            value={from}
            onChange={(event) => change(index, { from: event.currentTarget.value })}
          />
          <TextInput
            label={t`Closes at`}
            type="time"
            required
            value={to}
            onChange={(event) => change(index, { to: event.currentTarget.value })}
          />
          <Button
            size="xs"
            variant="default"
            mb={4}
            onClick={() => onChange(days.filter((_, at) => at !== index))}
          >
            {t`Remove`}
          </Button>
        </Group>
      ))}
      <Group>
        <Button
          size="xs"
          variant="default"
          disabled={days.length >= 28}
          onClick={() => onChange([...days, { day: 6, from: '09:00', to: '13:00' }])}
        >
          {t`Add hours`}
        </Button>
      </Group>
    </>
  )
}
