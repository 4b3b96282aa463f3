// Everybody who has written, found by a part of name, address, number or identifier.
import { useLingui } from '@lingui/react/macro'
import { Box, Table } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { contactsQuery } from '../api/queries.ts'
import type { Contact } from '../api/shapes.ts'
import { TextLink } from '../shell/links.tsx'
import { MoreButton } from '../shell/more-button.tsx'
import { Loading, Nothing, PageHead } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { SearchBox } from '../shell/search-box.tsx'
import { At } from '../shell/when.tsx'
import { useContactName } from './contact-name.ts'

export function ContactListPage() {
  const { t } = useLingui()
  const filter = useSearch({ from: '/inside/contacts' })
  const navigate = useNavigate({ from: '/contacts' })
  const contacts = useInfiniteQuery(contactsQuery(filter))
  const all = contacts.data?.pages.flatMap(({ data }) => data)
  return (
    <>
      <PageHead title={t`Contacts`} />
      <Box mb="md" maw={400}>
        <SearchBox
          label={t`Search`}
          placeholder={t`Name, e-mail or phone`}
          value={filter.search ?? ''}
          onSearch={(search) => navigate({ search: search === '' ? {} : { search } })}
        />
      </Box>
      {contacts.isPending && <Loading />}
      {contacts.isError && <PageFailure error={contacts.error} retry={contacts.refetch} />}
      {all?.length === 0 &&
        (filter.search === undefined ? (
          <Nothing title={t`No contact yet`}>{t`Whoever writes to an inbox becomes one.`}</Nothing>
        ) : (
          <Nothing title={t`Nobody is found`}>{t`Another part of the name may help.`}</Nothing>
        ))}
      {all !== undefined && all.length > 0 && <ContactTable contacts={all} />}
      <MoreButton query={contacts} />
    </>
  )
}

function ContactTable({ contacts }: { contacts: Contact[] }) {
  const { t } = useLingui()
  const nameOf = useContactName()
  return (
    <Table.ScrollContainer minWidth={600}>
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t`Name`}</Table.Th>
            <Table.Th>{t`E-mail`}</Table.Th>
            <Table.Th>{t`Phone`}</Table.Th>
            <Table.Th>{t`Since`}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {contacts.map((contact) => (
            <Table.Tr key={contact.id}>
              <Table.Td>
                <TextLink to="/contacts/$contactId" params={{ contactId: contact.id }}>
                  {nameOf(contact)}
                </TextLink>
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{contact.email}</Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{contact.phone_number}</Table.Td>
              <Table.Td>
                <At time={contact.created_at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
