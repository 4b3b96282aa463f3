// What servers' last replies say about the Message-ID they gave a mail.
import { expect, test } from 'vitest'
import { assignedMessageId } from '../../../protocols/smtp/assigned-id.ts'

test.each([
  [
    '250 2.0.0 OK <AM0PR01@AM0PR01.eurprd01.prod.outlook.com> [Hostname=AM0PR01.eurprd01.prod.outlook.com]',
    'smtp.office365.com',
    'AM0PR01@AM0PR01.eurprd01.prod.outlook.com',
  ],
  [
    '250 2.6.0 <ours@loja.example> [InternalId=7, Hostname=ex01.loja.example] Queued mail for delivery',
    'mail.loja.example',
    'ours@loja.example',
  ],
  [
    '250 Ok 0102018f6c4b1e7a-12345678-1234-1234-1234-123456789abc-000000',
    'email-smtp.eu-west-1.amazonaws.com',
    '0102018f6c4b1e7a-12345678-1234-1234-1234-123456789abc-000000@eu-west-1.amazonses.com',
  ],
  [
    '250 Ok 0100018f6c4b1e7a-12345678-1234-1234-1234-123456789abc-000000',
    'email-smtp.us-east-1.amazonaws.com',
    '0100018f6c4b1e7a-12345678-1234-1234-1234-123456789abc-000000@email.amazonses.com',
  ],
  ['250 Ok 0100018f6c4b1e7a-12345678-1234-1234-1234-123456789abc-000000', 'mx.example', null],
  ['250 2.0.0 OK  1730728800 d9443c01a7336-21 - gsmtp', 'smtp.gmail.com', null],
  ['250 2.0.0 Ok: queued as 4XhK2m1Bz7z9', 'mail.example', null],
  ['250 2.1.5 <ana@x.example> accepted for delivery', 'mail.example', null],
  ['250 OK id=1t7xyz-0001Ab-2C', 'smtp.locaweb.com.br', null],
])('%s', (response, host, id) => {
  expect(assignedMessageId(response, host)).toBe(id)
})
