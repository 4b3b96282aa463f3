// Messenger and Instagram: signing in with Facebook, and then which of the pages it opens.
import { useLingui } from '@lingui/react/macro'
import { Alert, Button, Group, List, Stack } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ApiFailure, api, dataOf, here } from '../../api/client.ts'
import { facebookSignInQuery } from '../../api/queries.ts'
import type { FacebookPage, FacebookSignIn } from '../../api/shapes.ts'
import { FailureNote } from '../../shell/failure-note.tsx'
import { Loading } from '../../shell/page.tsx'
import { SignInLink } from '../sign-in-link.tsx'
import { PageChoice } from './page-choice.tsx'
import { StepForm, type StepProps } from './step-form.tsx'

export function FacebookStep(props: StepProps) {
  const { draft, onChange } = props
  const { sign_in_id, page_id } = draft.facebook
  const signIn = useQuery({ ...facebookSignInQuery(sign_in_id), enabled: sign_in_id !== '' })
  const begin = useMutation({
    meta: { shown: true },
    mutationFn: (ask_again: boolean) =>
      dataOf(
        api.POST('/api/v1/accounts/{account_id}/inboxes/instagram/sign_ins', {
          params: here(),
          body: { ask_again },
        }),
      ),
    onSuccess: ({ id }) => onChange({ ...draft, facebook: { sign_in_id: id, page_id: '' } }),
  })
  function choose(page: FacebookPage) {
    const name = draft.name || page.name
    onChange({ ...draft, name, facebook: { sign_in_id, page_id: page.page_id } })
  }
  const url = begin.data?.id === sign_in_id ? begin.data.authorization?.url : undefined
  const expired = signIn.error instanceof ApiFailure && signIn.error.status === 404
  return (
    <StepForm {...props} prepare={<Prepare />} ready={page_id !== '' && !expired}>
      <Stack align="stretch" aria-live="polite">
        <FailureNote error={begin.error ?? (expired ? null : signIn.error)} />
        {expired && <Expired />}
        {signIn.data?.status === 'ready' ? (
          <PageChoice signIn={signIn.data} chosen={page_id} onChoose={choose} />
        ) : (
          <Waiting signIn={signIn.data} url={url} />
        )}
        <Group>
          <Button
            variant={sign_in_id === '' ? 'filled' : 'default'}
            loading={begin.isPending}
            onClick={() => begin.mutate(isDeclined(signIn.data))}
          >
            <BeginWords begun={sign_in_id !== ''} />
          </Button>
        </Group>
      </Stack>
    </StepForm>
  )
}

function Expired() {
  const { t } = useLingui()
  return <Alert color="yellow">{t`The half hour of this sign-in is over. Sign in again.`}</Alert>
}

function BeginWords({ begun }: { begun: boolean }) {
  const { t } = useLingui()
  return begun ? t`Sign in again` : t`Sign in with Facebook`
}

/** Facebook does not ask a second time by itself. */
function isDeclined(signIn: FacebookSignIn | undefined): boolean {
  return signIn !== undefined && (signIn.declined || signIn.failure !== null)
}

function Waiting({ signIn, url }: { signIn: FacebookSignIn | undefined; url: string | undefined }) {
  if (signIn?.failure) {
    return (
      <Alert color="red" title={signIn.failure.message}>
        {signIn.failure.remedy}
      </Alert>
    )
  }
  if (signIn?.status === 'reading') return <Loading />
  return url === undefined ? null : <SignInLink channel="instagram" url={url} />
}

function Prepare() {
  const { t } = useLingui()
  return (
    <List size="sm">
      <List.Item>{t`A Facebook account that manages the page, with its messages.`}</List.Item>
      <List.Item>
        {t`At Facebook: “Edit previous settings”, then “Opt in to current pages only”, and the page to connect.`}
      </List.Item>
      <List.Item>
        {t`Several accounts? Do not untick those that were connected before: what is left out stops working.`}
      </List.Item>
      <List.Item>
        {t`Then choose your business and the Instagram account, and accept Meta’s terms.`}
      </List.Item>
      <List.Item>
        {t`Direct messages and answers to stories become conversations; mentions in stories do not.`}
      </List.Item>
    </List>
  )
}
