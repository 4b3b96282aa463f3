// Finding conversations and contacts, and what is known, noted and owed about a contact.
import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { obstaclesOn } from './accessible.ts'
import { keepScreenshot, type Visitor } from './browser.ts'
import { customerMail, type Office, startOffice } from './office.ts'

let office: Office
let mailbox: Mailbox
let ana: Visitor
let inboxId: number

beforeAll(async () => {
  ;[office, mailbox] = await Promise.all([startOffice(), startMailbox()])
  const old = new Date('2026-01-05T12:00:00Z')
  await mailbox.deliverAll([
    { raw: customerMail({ subject: 'Devolução do pedido', date: old }) },
    { raw: customerMail({ subject: 'Nota fiscal', from: 'Zé <ze@outro.test>', date: old }) },
  ])
  inboxId = (await office.platform.connect(mailbox)).inboxId
  await waitFor(async () => (await office.api.get('/conversations')).body.data.length === 2, {
    what: 'the import',
  })
  ana = await office.administrator()
})
afterAll(async () => {
  await office?.stop()
  await mailbox?.stop()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepScreenshot(ana.page, 'failed-conversations')
})

test('a conversation is found by a word without its accent, and by a link to the search', async () => {
  const { page } = ana
  await page.getByRole('link', { name: 'Conversas' }).click()
  await page.getByText('Nota fiscal').first().waitFor()
  await page.getByLabel('Buscar').fill('devolucoes')
  await page.keyboard.press('Enter')
  await page.getByText('Nota fiscal').first().waitFor({ state: 'detached' })
  await page.getByText('Devolução do pedido').first().waitFor()
  expect(new URL(page.url()).searchParams.get('search')).toBe('devolucoes')
  await page.reload()
  await page.getByText('Devolução do pedido').first().waitFor()
  expect(await page.getByText('Nota fiscal').count()).toBe(0)
  expect(await obstaclesOn(page)).toEqual([])
  await keepScreenshot(page, 'search')
  await page.getByRole('button', { name: 'Limpar a busca' }).click()
  await page.getByText('Nota fiscal').first().waitFor()
  await page.getByLabel('Buscar').fill('girafa')
  await page.keyboard.press('Enter')
  await page.getByText('Nenhuma conversa aqui').waitFor()
})

test('a custom attribute is defined, filled in for a contact, and seen beside its conversation', async () => {
  const { page } = ana
  await page.getByRole('link', { name: 'Configurações' }).click()
  await page.getByRole('tab', { name: 'Atributos personalizados' }).click()
  await page.getByText('Nenhum atributo personalizado ainda').waitFor()
  await page.getByRole('textbox', { name: 'Nome' }).fill('Plano atual')
  expect(await page.getByRole('textbox', { name: 'Chave' }).inputValue()).toBe('plano_atual')
  await page.getByRole('combobox', { name: 'Tipo' }).click()
  await page.getByRole('option', { name: 'Lista' }).click()
  await page.getByRole('combobox', { name: 'O que pode ser escolhido' }).first().fill('Ouro')
  await page.keyboard.press('Enter')
  await page.getByRole('combobox', { name: 'O que pode ser escolhido' }).first().fill('Prata')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Adicionar atributo' }).click()
  await page.getByText('plano_atual').waitFor()
  await keepScreenshot(page, 'attributes')
  await page.getByRole('link', { name: 'Contatos' }).click()
  await page.getByLabel('Buscar').fill('souza')
  await page.keyboard.press('Enter')
  await page.getByText('ze@outro.test').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Bia Souza' }).click()
  await page.getByRole('heading', { name: 'Bia Souza' }).waitFor()
  await page.getByText('bia@cliente.test').waitFor()
  await page.getByRole('combobox', { name: 'Plano atual' }).click()
  await page.getByRole('option', { name: 'Ouro' }).click()
  await page.getByRole('button', { name: 'Salvar atributos' }).click()
  await page.getByText('Salvo.').waitFor()
  await keepScreenshot(page, 'contact')
  expect(await obstaclesOn(page)).toEqual([])
  await page.getByText('Devolução do pedido').first().click()
  await page.getByText('Plano atual').waitFor()
  await page.getByText('Ouro', { exact: true }).waitFor()
})

test('a contact’s data is exported as a file, on record in the settings', async () => {
  const { page } = ana
  await page.getByRole('link', { name: 'Bia Souza' }).first().click()
  await page.getByRole('button', { name: 'Exportar os dados' }).click()
  const link = page.getByRole('link', { name: 'Baixar a exportação' })
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  // A zip, by its first bytes.
  expect((await readFile(await download.path())).subarray(0, 2).toString()).toBe('PK')
  await page.getByRole('link', { name: 'Configurações' }).click()
  await page.getByRole('tab', { name: 'Privacidade' }).click()
  await page.getByRole('cell', { name: 'Exportação', exact: true }).waitFor()
  await keepScreenshot(page, 'privacy')
})

test('a contact is erased only once its name is typed, and is gone afterwards', async () => {
  const { page } = ana
  await page.getByRole('link', { name: 'Contatos' }).click()
  await page.getByRole('link', { name: 'Zé' }).click()
  await page.getByRole('button', { name: 'Apagar o contato' }).click()
  const dialog = page.getByRole('dialog')
  const erase = dialog.getByRole('button', { name: 'Apagar de vez' })
  expect(await erase.isDisabled()).toBe(true)
  await dialog.getByLabel('Digite o nome do contato: Zé').fill('Ze')
  expect(await erase.isDisabled()).toBe(true)
  await dialog.getByLabel('Digite o nome do contato: Zé').fill('Zé')
  await keepScreenshot(page, 'erase')
  await erase.click()
  await page.getByText('O contato foi apagado.').waitFor()
  await page.getByRole('link', { name: 'Bia Souza' }).waitFor()
  await page.getByRole('link', { name: 'Zé', exact: true }).waitFor({ state: 'detached' })
  const { data } = (await office.api.get('/conversations')).body
  expect(data.map(({ subject }: { subject: string }) => subject)).toEqual(['Devolução do pedido'])
})

test('a mail in quarantine is downloaded as it lies in the mailbox', async () => {
  const { page } = ana
  const { platform } = office
  const { uidvalidity } = await platform.db
    .selectFrom('message_locations')
    .select('uidvalidity')
    .where('inbox_id', '=', inboxId)
    .executeTakeFirstOrThrow()
  await platform.db
    .insertInto('quarantine')
    .values({
      account_id: platform.accountId,
      inbox_id: inboxId,
      folder: 'INBOX',
      uidvalidity,
      uid: 1,
      arrival: 'history',
      reason: 'not_understood',
      evidence: 'no header ends',
    })
    .execute()
  await page.goto(`${office.url}/console/inboxes/${inboxId}?tab=quarantine`)
  const button = page.getByRole('button', { name: 'Baixar o e-mail' })
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
  expect(download.suggestedFilename()).toMatch(/^mail-\d+\.eml$/)
  expect((await readFile(await download.path())).toString()).toContain('Texto de Devolução')
  await keepScreenshot(page, 'quarantine')
})

test('a rule with a group in a group is built, saved and opened as it was', async () => {
  const { page } = ana
  await page.getByRole('link', { name: 'Automações' }).click()
  await page.getByRole('link', { name: 'Adicionar regra' }).click()
  await page.getByRole('textbox', { name: 'Nome' }).fill('Devoluções urgentes')
  await page.getByRole('button', { name: 'Adicionar grupo' }).first().click()
  const group = page.getByRole('group', { name: 'Grupo de condições' })
  await group.getByRole('combobox', { name: 'Condição' }).click()
  await page.getByRole('option', { name: 'Assunto' }).click()
  await group.getByRole('combobox', { name: 'Valores' }).fill('devolução')
  await page.keyboard.press('Enter')
  await group.getByRole('button', { name: 'Adicionar condição' }).click()
  await group.getByRole('combobox', { name: 'Condição' }).nth(1).click()
  await page.getByRole('option', { name: 'Prioridade' }).click()
  await group.getByRole('combobox', { name: 'Valores' }).nth(1).focus()
  await page.keyboard.press('ArrowDown')
  await page.getByRole('option', { name: 'Urgente' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Adicionar ação' }).click()
  await page.getByRole('combobox', { name: 'Etiquetas' }).fill('devolucao')
  await page.keyboard.press('Enter')
  await keepScreenshot(page, 'rule-groups')
  expect(await obstaclesOn(page)).toEqual([])
  await page.getByRole('button', { name: 'Salvar' }).click()
  await page.getByRole('link', { name: 'Devoluções urgentes' }).click()
  await group.getByText('devolução').waitFor()
  const rules = (await office.api.get('/rules')).body.data
  const saved = rules.find(({ name }: { name: string }) => name === 'Devoluções urgentes')
  expect(saved.conditions).toEqual({
    all: [
      {
        any: [
          { attribute: 'subject', operator: expect.any(String), values: ['devolução'] },
          { attribute: 'priority', operator: 'equal_to', values: ['urgent'] },
        ],
      },
    ],
  })
})

test('the browser complained of nothing', () => {
  expect(ana.complaints).toEqual([])
})
