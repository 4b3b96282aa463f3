// What the customers of a small Brazilian shop write about. Every text fits windows-1252.
import type { Random } from './random.ts'

/** A person with an address under a reserved domain (RFC 2606). */
export interface Person {
  name: string
  address: string
}

/** The nth customer; the same n is always the same person. */
export function personAt(n: number): Person {
  const first = FIRST[n % FIRST.length]!
  const last = LAST[Math.floor(n / FIRST.length) % LAST.length]!
  const local = plain(`${first}.${last}`).toLowerCase()
  return { name: `${first} ${last}`, address: `${local}${n}@${DOMAINS[n % DOMAINS.length]}` }
}

export function subjectOf(random: Random): string {
  return random.pick(SUBJECTS).replace('#', String(random.between(10_000, 99_999)))
}

/** Paragraphs of about `bytes` characters together, greeting and signature included. */
export function paragraphs(random: Random, bytes: number, person: Person): string[] {
  const list = [random.pick(GREETINGS)]
  let size = 0
  while (size < bytes) {
    const sentences = Array.from({ length: random.between(1, 5) }, () => random.pick(SENTENCES))
    const paragraph = sentences.join(' ').replaceAll('#', String(random.between(10_000, 99_999)))
    list.push(paragraph)
    size += paragraph.length
  }
  list.push(random.pick(FAREWELLS), person.name)
  return list
}

/** Without accents, for addresses and file names. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '')
}

const FIRST = [
  ...[
    'João',
    'Maria',
    'José',
    'Ana',
    'Antônio',
    'Francisca',
    'Carlos',
    'Luíza',
    'Márcio',
    'Patrícia',
  ],
  ...[
    'Sebastião',
    'Conceição',
    'Fábio',
    'Inês',
    'Thaís',
    'Vinícius',
    'Caetano',
    'Beatriz',
    'Estêvão',
  ],
]
const LAST = [
  ...[
    'Silva',
    'Araújo',
    'Conceição',
    'Gonçalves',
    'Simões',
    'Magalhães',
    'Nóbrega',
    'Brandão',
    'Prado',
  ],
  ...[
    'Assunção',
    'Cândido',
    'Falcão',
    'Guimarães',
    'Leitão',
    'Mourão',
    'Quevedo',
    'Sá',
    'Tourinho',
  ],
]
const DOMAINS = [
  'example.com',
  'example.org',
  'correio.example',
  'empresa.example',
  'mail.example.net',
]

const SUBJECTS = [
  'Dúvida sobre o pedido #',
  'Não recebi a nota fiscal do pedido #',
  'Troca de produto – urgente',
  'Orçamento para 12 camisetas com estampa própria e entrega em São Luís do Maranhão até o fim do mês',
  'Boleto vencido, e agora?',
  'Pedido # atrasado',
  'Reclamação',
  'Informações de frete',
  'Segunda via do boleto',
  'Alteração de endereço',
  'Obrigado!',
  'Help with my order #',
]
const GREETINGS = ['Olá,', 'Bom dia!', 'Boa tarde,', 'Prezados,', 'Oi, tudo bem?', 'Hello,']
const FAREWELLS = ['Atenciosamente,', 'Obrigado,', 'Abraços,', 'Grata,', 'Até mais,']
const SENTENCES = [
  'Fiz a compra na semana passada e até agora não houve atualização do código de rastreio.',
  'O pagamento foi feito por PIX, segue o comprovante.',
  'Vocês conseguem verificar se o pedido # já saiu do centro de distribuição?',
  'A opção “retirar na loja” não aparece para o meu CEP.',
  'Recebi apenas três dos cinco itens; faltou a luminária e o suporte.',
  'Preciso da nota fiscal com o CNPJ da empresa, é possível reemitir?',
  'O valor cobrado foi de R$ 1.249,90, mas o anúncio dizia R$ 1.199,90 (= 4% a menos).',
  'Já tentei contato pelo telefone, sem sucesso.',
  'Não há pressa, mas gostaria de uma previsão.',
  'Se não for possível a troca, prefiro o estorno no cartão.',
  'The tracking page only says “in transit” since Monday.',
  'Obrigado pela atenção e pela paciência — o atendimento de vocês é ótimo.',
  'Meu endereço mudou: Rua das Acácias, 45, apto. 302, São José dos Campos.',
  'Aliás, o cupom PRIMEIRACOMPRA não foi aceito.',
]
