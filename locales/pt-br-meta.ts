// Portuguese texts of what Meta's channels say: Instagram, Messenger and WhatsApp.
import type { enMeta } from './en-meta.ts'
import type { Text } from './shape.ts'

export const ptBrMeta: Record<keyof typeof enMeta, Text> = {
  access_token_doubted: [
    'O provedor recusou o acesso neste momento.',
    'Ainda nada a fazer: perguntamos de novo, e só uma segunda recusa conta.',
  ],
  meta_permission_missing: [
    'Falta uma permissão, ou ela foi retirada.',
    'Conecte de novo e permita tudo o que for pedido.',
  ],
  blocked_by_meta: [
    'A Meta bloqueou isto por uma política dela.',
    'Veja nas configurações da empresa na Meta o que ela contesta.',
  ],
  app_removed: [
    'Alguém removeu nosso aplicativo da conta do Facebook.',
    'Reconecte com o Facebook e permita tudo o que for pedido.',
  ],
  checkpoint: [
    'O Facebook quer que a pessoa que conectou confirme quem é.',
    'Entre no Facebook pelo navegador, siga o que ele pede e reconecte.',
  ],
  password_changed: [
    'A senha de quem conectou mudou, ou o Facebook encerrou a sessão.',
    'Reconecte com o Facebook.',
  ],
  token_expired: ['O acesso expirou.', 'Reconecte com o Facebook.'],
  account_unconfirmed: [
    'A conta do Facebook de quem conectou não está confirmada.',
    'Confirme a conta no Facebook e reconecte.',
  ],
  token_invalid: ['O Facebook não aceita mais o acesso.', 'Reconecte com o Facebook.'],
  page_role_lost: [
    'Quem conectou não tem mais função na página.',
    'Devolva a função, ou reconecte com alguém que tenha.',
  ],
  recipient_unavailable: [
    'Esta pessoa não recebe mensagens da página no momento.',
    'Talvez tenha bloqueado a página ou saído; espere que escreva de novo.',
  ],
  other_app_answers: [
    'Outro aplicativo responde esta conversa no momento.',
    'Escolha este aplicativo como destinatário nas configurações avançadas de mensagens da página.',
  ],
  no_instagram_account: [
    'A página não tem conta do Instagram; só chega o Messenger.',
    'Vincule uma conta profissional do Instagram à página e reconecte.',
  ],
  messaging_task_missing: [
    'Você não pode ler e responder mensagens desta página.',
    'Peça a um administrador da página a tarefa Mensagens.',
  ],
  moderate_task_missing: [
    'Você não pode pedir que as mensagens desta página sejam avisadas a um aplicativo.',
    'Peça a um administrador da página a tarefa Atividade da comunidade.',
  ],
  payment_missing: [
    'O WhatsApp não tem forma de pagamento para esta mensagem.',
    'Adicione uma à conta do WhatsApp nas configurações da empresa na Meta.',
  ],
  held_back_by_meta: [
    'O WhatsApp segurou a mensagem para não enviar demais a esta pessoa.',
    'Tente em um ou dois dias; respostas ao que ela escreve nunca são seguradas.',
  ],
  see_phone: [
    'O WhatsApp só mostra esta mensagem no aplicativo do celular.',
    'Abra o WhatsApp Business para ler; muitas vezes ela aparece aqui logo depois.',
  ],
  template_refused: [
    'O WhatsApp recusou o modelo ou suas variáveis.',
    'Veja o modelo e o estado dele nas configurações da empresa na Meta.',
  ],
  whatsapp_disconnected: [
    'A empresa desconectou este número no aplicativo WhatsApp Business.',
    'Reconecte: bastam o QR code do aplicativo e um minuto.',
  ],
  whatsapp_downgraded: [
    'O número voltou para o aplicativo comum do WhatsApp.',
    'Instale o WhatsApp Business no celular e reconecte.',
  ],
  whatsapp_number_changed: [
    'O celular agora usa outro número.',
    'Conecte o novo número como outra caixa de entrada, ou volte ao anterior e reconecte.',
  ],
  whatsapp_companion_inactive: [
    'O WhatsApp nos desconectou porque esta conexão ficou cerca de um mês sem uso.',
    'Reconecte.',
  ],
  whatsapp_phone_inactive: [
    'O WhatsApp nos desconectou porque o celular principal ficou cerca de duas semanas sem uso.',
    'Abra o WhatsApp Business no celular e reconecte.',
  ],
  whatsapp_registered_again: [
    'O número foi registrado de novo no aplicativo WhatsApp Business.',
    'Reconecte.',
  ],
  whatsapp_offboarded: [
    'O número mudou de celular ou foi configurado de novo, e o WhatsApp pausou a conexão.',
    'Muitas vezes ela volta sozinha. Se não voltar, reconecte.',
  ],
  whatsapp_disabled: [
    'O WhatsApp desativou a conta.',
    'Veja o motivo nas configurações da empresa na Meta e peça uma revisão lá.',
  ],
  interactive_needs_text: [
    'Botões, listas e formulários precisam de um texto.',
    'Escreva o que deve ser escolhido.',
  ],
  choices_wrong_count: [
    'Há opções de menos ou de mais.',
    'Ofereça de um a três botões, ou de uma a dez linhas de lista.',
  ],
  choices_not_distinct: ['Duas opções têm o mesmo título ou id.', 'Dê a cada uma o seu.'],
  choice_id_wrong: ['O id de uma opção falta ou é longo demais.', 'Use de 1 a 200 caracteres.'],
  choice_title_wrong: [
    'O título de uma opção falta ou é longo demais.',
    'Use até 20 caracteres num botão, 24 numa linha.',
  ],
  choice_description_too_long: [
    'A descrição de uma opção é longa demais.',
    'Use até 72 caracteres.',
  ],
  form_missing: ['O formulário não foi indicado.', 'Informe o id de um Flow publicado.'],
  file_takes_no_text: [
    'Este canal envia um arquivo sem texto.',
    'Envie o texto em outra mensagem.',
  ],
  page_not_granted: [
    'O Facebook não teve permissão para dar a este aplicativo a página ou a conta do Instagram dela.',
    'Entre de novo, escolha “Edit previous settings” e marque as duas.',
  ],
  no_page_granted: [
    'O Facebook não teve permissão para dar nenhuma página a este aplicativo.',
    'Entre de novo, escolha “Edit previous settings” e marque a página.',
  ],
  wrong_page: [
    'O login não dá acesso a esta página.',
    'Entre de novo com o Facebook e marque a página desta caixa; as já marcadas continuam marcadas.',
  ],
  page_connected_here: [
    'Uma caixa desta conta já usa esta página.',
    'Nada a fazer; se ela estiver vermelha, reconecte por lá.',
  ],
  page_connected_elsewhere: [
    'Outra conta desta instalação conectou esta página.',
    'Desconecte por lá primeiro ou escolha outra página.',
  ],
  facebook_tick_the_page: [
    'No Facebook escolha “Edit previous settings”.',
    'Depois escolha “Opt in to current pages only” e selecione a página que deseja conectar.',
  ],
  facebook_keep_pages: [
    'Em caso de multi conta, não desmarque as contas conectadas anteriormente.',
    'O que fica de fora para de funcionar.',
  ],
  facebook_choose_instagram: [
    'Depois selecione o seu negócio e a conta do Instagram.',
    'No fim aceite os termos e condições da Meta / Instagram.',
  ],
  not_of_this_channel: ['Caixas deste canal não têm essa configuração.', 'Deixe o campo de fora.'],
  sign_in_first: [
    'Páginas são conectadas entrando com o Facebook.',
    'Entre com o Facebook e escolha a página.',
  ],
  whatsapp_companions: [
    'Mensagens enviadas ou recebidas no WhatsApp para Windows ou em relógios (WearOS) não aparecem aqui; continuam visíveis no celular principal.',
    'Use o WhatsApp Web ou o celular, cujas mensagens aparecem. A Meta explica: https://developers.facebook.com/docs/whatsapp/embedded-signup/custom-flows/onboarding-business-app-users/#linked-devices',
  ],
  whatsapp_cannot_list: [
    'O WhatsApp não mantém uma lista em que possamos buscar mensagens perdidas; a Meta repete por até sete dias o que não recebemos.',
    'Nada a fazer.',
  ],
  receiver_other: [
    'Outro aplicativo recebe e responde estas mensagens.',
    'No Facebook: Configurações > Configurações da Página > Configurações avançadas de mensagens (https://www.facebook.com/settings/?tab=advanced_messaging), Destinatário do {product} > Configurar > Destinatário principal do protocolo de transferência, e selecione {app}.',
  ],
  receiver_unknown: [
    'Nenhuma mensagem mostrou até agora quem as recebe.',
    'Caso você possua ou já possuiu outra integração, no Facebook: Configurações > Configurações da Página > Configurações avançadas de mensagens (https://www.facebook.com/settings/?tab=advanced_messaging), Destinatário do {product} > Configurar > Destinatário principal do protocolo de transferência, e selecione {app}.',
  ],
  receiver_ours: ['Nós recebemos e respondemos estas mensagens.', 'Nada a fazer.'],
  no_access_token: [
    'Isto não é um token de acesso.',
    'Copie o token das configurações da empresa na Meta.',
  ],
  not_a_meta_id: [
    'Isto não é um id da Meta: só dígitos.',
    'Copie de WhatsApp > Configuração da API no painel do aplicativo.',
  ],
  number_not_in_account: [
    'A conta do WhatsApp não tem este número, ou tem vários e nenhum foi indicado.',
    'Com um token: copie os dois ids da mesma página do painel do aplicativo. Na janela da Meta: escolha a conta deste número.',
  ],
  number_not_on_phone: [
    'O aplicativo WhatsApp Business não usa este número.',
    'Na janela da Meta, escolha conectar o aplicativo que está no seu celular, ou conecte o número com um token de acesso.',
  ],
  number_not_served: [
    'O WhatsApp não atende este número pela Cloud API.',
    'Se ele já esteve conectado, reconecte; senão, termine antes a configuração na Meta.',
  ],
}
