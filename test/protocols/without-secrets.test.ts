import { expect, test } from 'vitest'
import { withoutSecrets } from '../../protocols/without-secrets.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

test('a server that repeats a secret, plain or as SASL has sent it, is not repeated', () => {
  for (const secret of ['pão & água', 'q1', 'a much longer secret of 42 letters and more']) {
    const said = [
      `LOGIN ada@shop.test "${secret}"`,
      `AUTHENTICATE PLAIN ${base64(`\0ada@shop.test\0${secret}`)}`,
      `AUTHENTICATE XOAUTH2 ${base64(`user=ada@shop.test\x01auth=Bearer ${secret}\x01\x01`)}`,
    ]
    expect(withoutSecrets(said.join('\n'), [undefined, secret])).toBe(
      'LOGIN ada@shop.test "***"\nAUTHENTICATE PLAIN ***\nAUTHENTICATE XOAUTH2 ***',
    )
  }
})

test('everything else a server says stays as it is, also what looks like base64', () => {
  const said = '535 5.7.139 Authentication unsuccessful [BN9PR03CA0123.namprd03.prod.outlook.com]'
  expect(withoutSecrets(said, ['a secret', '', undefined])).toBe(said)
})
