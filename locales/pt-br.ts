// Textos do servidor em português do Brasil, por código.
import { errors } from './pt-br-errors.ts'
import { ptBrMeta } from './pt-br-meta.ts'
import { operatorPhrases } from './pt-br-operators.ts'
import { ptBrRules } from './pt-br-rules.ts'
import { signInPhrases, signInReasons } from './pt-br-sign-in.ts'
import type { Texts } from './shape.ts'

const reasons: Texts['reasons'] = {
  ...signInReasons,
  ...ptBrMeta,
  identity_proved: ['O identificador foi comprovado pelo hash.', 'Nada a fazer.'],
  identity_not_proved: [
    'Qualquer pessoa poderia ter informado isto.',
    'Envie o identifier_hash do seu backend para mostrar conversas anteriores.',
  ],
  identifier_hash_wrong: [
    'O identifier_hash não corresponde ao identificador.',
    'Gere-o no backend: HMAC-SHA256 em hexadecimal do user_id com o token do widget.',
  ],
  identifier_hash_missing: [
    'Este widget só aceita identificadores assinados.',
    'Envie o identifier_hash gerado no seu backend para este usuário.',
  ],
  contact_key_missing: [
    'Nenhum e-mail ou telefone utilizável foi informado.',
    'Informe email ou phone_number em formato internacional, como +5511999999999.',
  ],
  not_a_domain: [
    'Isto não é um domínio.',
    'Escreva example.com, *.example.com ou localhost, sem caminho.',
  ],
  needs_identity_validation: [
    'Múltiplas conversas precisam da validação de identidade.',
    'Ative primeiro a validação de identidade.',
  ],
  needs_multiple_conversations: [
    'O histórico de todos os canais precisa de múltiplas conversas.',
    'Ative primeiro múltiplas conversas por usuário.',
  ],
  not_after_from: ['O fim precisa ser depois do início.', 'Corrija o horário de atendimento.'],
  ...ptBrRules,
  wrong_password: [
    'O servidor de e-mail recusou o login ou a senha.',
    'Reconecte com a senha correta; com verificação em duas etapas use a senha de aplicativo.',
  ],
  login_refused: [
    'O servidor de e-mail recusou o login sem dizer o motivo.',
    'Tentamos mais uma vez em um minuto. Enquanto isso, confira login e senha.',
  ],
  needs_app_password: [
    'O provedor exige uma senha de aplicativo.',
    'Crie uma senha de aplicativo na segurança da conta de e-mail e reconecte com ela.',
  ],
  needs_oauth: [
    'O provedor não aceita mais senhas aqui.',
    'Conecte o e-mail entrando com Google ou Microsoft.',
  ],
  imap_disabled: [
    'O IMAP está desativado neste e-mail.',
    'Ative o IMAP nas configurações do e-mail.',
  ],
  provider_challenge: [
    'O provedor quer primeiro um login no navegador.',
    'Entre no e-mail pelo navegador, confirme que foi você e verifique novamente.',
  ],
  smtp_auth_disabled: [
    'O servidor de e-mail não permite enviar com login.',
    'Peça ao administrador que ative o SMTP autenticado para este e-mail.',
  ],
  tls_required: ['O servidor exige uma conexão criptografada.', 'Escolha TLS ou STARTTLS.'],
  tls_failed: ['Não houve conexão criptografada.', 'Confira a porta e a criptografia.'],
  starttls_not_offered: [
    'O servidor não oferece a criptografia escolhida; por isso a senha não foi enviada.',
    'Fale com o administrador do servidor. Se você trocou de servidor, reconecte com outros dados.',
  ],
  login_not_offered: [
    'O servidor não oferece login para envio.',
    'Use a porta de envio com login: em geral 587 com STARTTLS ou 465 com TLS.',
  ],
  certificate: [
    'O certificado do servidor de e-mail não pôde ser verificado.',
    'Renove o certificado do servidor ou peça a um administrador que redefina a verificação.',
  ],
  host_not_found: [
    'O nome do servidor não tem endereço.',
    'Confira a grafia do endereço do servidor.',
  ],
  host_not_allowed: [
    'Este servidor ou porta não pode ser chamado.',
    'Use um servidor público em uma porta comum ou peça ao operador que o permita.',
  ],
  invalid_host: ['Este não é o nome de um servidor.', 'Informe um nome como imap.example.com.'],
  private_address: [
    'O servidor tem um endereço privado.',
    'Use um servidor de e-mail público ou peça ao operador que o permita.',
  ],
  connection_refused: [
    'O servidor recusou a conexão.',
    'Confira o endereço e a porta do servidor.',
  ],
  connection_lost: ['O servidor encerrou a conexão.', 'Nada a fazer: tentaremos novamente.'],
  connection_lost_over_it: [
    'O servidor encerra a conexão neste e-mail.',
    'Tente novamente ou leia-o na caixa de e-mail.',
  ],
  timeout: ['O servidor não respondeu a tempo.', 'Nada a fazer: tentaremos novamente.'],
  server_unavailable: ['O servidor não está disponível.', 'Nada a fazer: tentaremos novamente.'],
  too_many_connections: [
    'A caixa de e-mail tem conexões demais.',
    'Nada a fazer: tentaremos novamente.',
  ],
  throttled: ['O provedor pede que vamos mais devagar.', 'Nada a fazer: tentaremos novamente.'],
  over_quota: [
    'Um limite do provedor foi atingido.',
    'Nada a fazer: continuamos quando ele terminar.',
  ],
  command_refused: ['O servidor recusou um comando.', 'Nada a fazer: tentaremos novamente.'],
  search_refused: ['O servidor recusou uma busca.', 'Nada a fazer: tentaremos novamente.'],
  folder_not_found: [
    'O e-mail não tem uma pasta com esse nome.',
    'Escolha pastas que existem, com o nome que têm no servidor.',
  ],
  no_sent_folder: ['O e-mail não tem pasta de enviados.', 'Crie uma ou desative essa opção.'],
  imap_not_configured: [
    'O recebimento não está configurado.',
    'Adicione o IMAP à caixa de entrada.',
  ],
  smtp_not_configured: ['O envio não está configurado.', 'Adicione o SMTP à caixa de entrada.'],
  uidvalidity_changed: [
    'A caixa de e-mail foi renumerada.',
    'Nada a fazer: vamos compará-la novamente.',
  ],
  attachment_gone: ['A caixa de e-mail não tem mais o anexo.', 'Peça-o novamente ao remetente.'],
  sender_refused: [
    'O servidor não deixa este login enviar com este endereço.',
    'Use o login do endereço ou permita que ele envie por esse endereço.',
  ],
  recipient_refused: ['O servidor recusou o destinatário.', 'Confira o endereço do contato.'],
  message_too_large: ['A mensagem é grande demais.', 'Envie anexos menores.'],
  message_refused: ['O servidor recusou a mensagem.', 'Leia abaixo as palavras do servidor.'],
  storage_unavailable: [
    'Não é possível guardar os anexos.',
    'O operador deve verificar o armazenamento: está cheio ou fora do ar? Nada se perde até lá.',
  ],
  contact_gone: ['O contato não existe mais.', 'Nada a fazer: ele foi apagado.'],
  too_large: ['O arquivo é maior que o permitido aqui.', 'Abra-o na caixa de e-mail.'],
  not_transmitted: ['A mensagem não saiu.', 'Envie-a novamente.'],
  ambiguous: [
    'A mensagem talvez tenha saído.',
    'Pergunte ao contato ou escolha "Enviar novamente".',
  ],
  bounced: ['A mensagem voltou.', 'Confira o endereço do contato.'],
  not_understood: [
    'Este e-mail não pôde ser lido.',
    'Tente novamente ou leia-o na caixa de e-mail.',
  ],
  unreadable_on_server: [
    'O servidor não consegue entregar este e-mail.',
    'Leia-o na caixa de e-mail.',
  ],
  not_a_time_zone: ['Este não é um fuso horário.', 'Informe um nome IANA como America/Sao_Paulo.'],
  not_the_role_of_this_user: [
    'Este usuário não pode ter essa chave.',
    'Escolha um papel que o usuário tem.',
  ],
  not_a_url: ['Este não é um endereço web.', 'Informe um endereço https sem usuário e senha.'],
  missing: ['Este campo está faltando.', 'Preencha-o.'],
  in_the_past: ['Esta hora já passou.', 'Escolha uma hora futura.'],
  unknown_attribute: ['Não há atributo personalizado com esta chave.', 'Defina-o primeiro.'],
  not_a_text_value: ['Isto não é um texto.', 'Envie um texto de até 2000 caracteres.'],
  not_a_number_value: ['Isto não é um número.', 'Envie um número.'],
  not_a_boolean_value: ['Isto não é verdadeiro nem falso.', 'Envie true ou false.'],
  not_a_date_value: ['Isto não é uma data.', 'Envie uma data como 2026-11-25.'],
  not_a_link_value: ['Isto não é um link.', 'Envie um endereço que comece com https://.'],
  not_a_list_value: ['Isto não é uma das opções.', 'Envie uma opção do atributo.'],
  not_an_address: [
    'Este não é um endereço de e-mail.',
    'Informe um endereço como ajuda@example.com.',
  ],
  not_a_host: ['Este não é um endereço de servidor.', 'Informe um nome como imap.example.com.'],
  not_a_number_of_mails: ['Este não é um número de e-mails.', 'Informe um número de 1 a 100000.'],
  not_a_port: ['Esta não é uma porta.', 'Informe um número de 1 a 65535, em geral 993 ou 587.'],
  not_a_login: ['Este login não pode ser usado.', 'Informe o login do e-mail em uma linha.'],
  not_a_password: ['Esta senha não pode ser usada.', 'Informe a senha em uma linha.'],
  not_an_object: ['Isto não é um objeto.', 'Envie um objeto JSON.'],
  not_addresses: ['Isto não é uma lista de endereços de e-mail.', 'Verifique cada um deles.'],
  not_a_list_of_folders: ['Isto não é uma lista de pastas.', 'Envie ao menos um nome de pasta.'],
  nothing_enabled: ['Nem o recebimento nem o envio estão ativos.', 'Preencha IMAP, SMTP ou ambos.'],
  password_in_clear: [
    'Sem criptografia a senha poderia ser lida no caminho.',
    'Escolha TLS ou STARTTLS.',
  ],
  draft_expired: [
    'A conexão não foi testada enquanto o formulário era válido.',
    'Reconecte e informe a senha novamente.',
  ],
  auth_token_refused: [
    'A Twilio recusa o Auth Token.',
    'Copie o Auth Token do console da Twilio e reconecte.',
  ],
  api_key_refused: [
    'A Twilio recusa a API key.',
    'Crie outra API key no console da Twilio ou deixe-a em branco: o Auth Token também envia.',
  ],
  account_suspended: [
    'A Twilio suspendeu ou encerrou a conta.',
    'Fale com o suporte da Twilio ou veja a cobrança no console da Twilio.',
  ],
  account_not_found: [
    'A Twilio não conhece essa conta.',
    'Copie o Account SID do console da Twilio; uma subconta tem o próprio.',
  ],
  callback_not_confirmed: [
    'A Twilio ainda não confirmou o endereço do webhook.',
    'Cole o endereço nas configurações do remetente no console da Twilio.',
  ],
  media_refused: [
    'A Twilio se recusa a entregar o arquivo.',
    'Veja no console da Twilio se a conta pode ler a própria mídia.',
  ],
  one_file_a_message: [
    'Este canal aceita um arquivo por mensagem.',
    'Envie os arquivos um após o outro.',
  ],
  file_too_large: [
    'O arquivo é grande demais para este canal.',
    'Envie um arquivo menor ou um link.',
  ],
  audio_takes_no_text: [
    'O WhatsApp descarta o texto junto de um áudio.',
    'Envie o texto em uma mensagem própria.',
  ],
  template_alone: [
    'Um modelo é enviado sem texto nem arquivos próprios.',
    'Deixe-os de fora ou envie-os quando o contato responder.',
  ],
  no_recipient: [
    'O contato não escreveu neste canal, então não há endereço para responder.',
    'Fale com o contato de outra forma.',
  ],
  not_text: ['Isto não é texto.', 'Envie um texto.'],
  not_e164: [
    'Este não é um número de telefone internacional.',
    'Informe-o com o código do país, como +5511987654321.',
  ],
  not_an_account_sid: [
    'Este não é um Account SID.',
    'Ele começa com AC e tem 34 caracteres; o console da Twilio o mostra.',
  ],
  not_an_auth_token: [
    'Este não é um Auth Token.',
    'Copie-o do console da Twilio. Também é necessário com uma API key: ele assina os webhooks.',
  ],
  not_an_api_key_sid: [
    'Este não é o SID de uma API key.',
    'Ele começa com SK e tem 34 caracteres; deixe em branco para enviar com o Auth Token.',
  ],
  template_not_found: [
    'Esse modelo não existe.',
    'Escolha um da lista de modelos; os novos aparecem em até uma hora.',
  ],
  template_not_approved: [
    'O WhatsApp não aprovou este modelo, então ele só vale dentro das 24 horas.',
    'Escolha um modelo aprovado.',
  ],
  window_closed: [
    'O contato escreveu há tempo demais para o canal aceitar uma resposta livre.',
    'Espere o contato escrever ou, no WhatsApp, envie um modelo aprovado.',
  ],
  recipient_opted_out: [
    'O contato pediu para não receber mais mensagens.',
    'Ele precisa escrever primeiro para o número.',
  ],
  message_too_long: [
    'A mensagem é longa demais para este canal.',
    'Encurte-a ou envie-a em partes.',
  ],
  media_not_accepted: [
    'O arquivo não pode ser enviado neste canal.',
    'Envie outro tipo de arquivo ou um menor.',
  ],
  template_variables_wrong: [
    'As variáveis não correspondem ao modelo.',
    'Preencha todas as variáveis do modelo.',
  ],
  not_on_whatsapp: ['O número não está no WhatsApp.', 'Fale com o contato de outra forma.'],
  content_not_accepted: [
    'O WhatsApp não aceitou o conteúdo da mensagem.',
    'Altere a mensagem e envie novamente.',
  ],
  channel_already_connected: [
    'Outra caixa de entrada já usa esta conta de e-mail, número ou página.',
    'Desconecte-a lá primeiro e reconecte aqui; ou desconecte esta.',
  ],
  sender_not_found: [
    'O número não é um remetente WhatsApp desta conta Twilio.',
    'Confira o número e o Account SID no console da Twilio, em WhatsApp senders.',
  ],
  provider_misconfigured: [
    'O provedor ou a Meta recusa o remetente como está configurado.',
    'Veja o remetente no console da Twilio; as palavras da Twilio aparecem ao lado.',
  ],
  provider_failed: ['O provedor não conseguiu entregar a mensagem.', 'Envie novamente.'],
  sandbox_not_joined: [
    'O contato não entrou no sandbox do WhatsApp.',
    'Peça ao contato que envie o código de entrada ao número do sandbox.',
  ],
  sending_limit: [
    'O número atingiu o limite de envio.',
    'Envie novamente mais tarde; o limite aparece no console do provedor.',
  ],
  media_not_fetched: [
    'O provedor não conseguiu buscar o arquivo conosco.',
    'Envie novamente; se continuar, confira se o endereço público pode ser alcançado.',
  ],
  stale: ['A mensagem era antiga demais para a ClaudIA.', 'Uma pessoa deve respondê-la.'],
  answered_by_person: ['Uma pessoa já respondeu.', 'Nada a fazer.'],
  bot_unreachable: [
    'Não foi possível falar com a ClaudIA.',
    'Uma pessoa deve responder; confira o endereço do bot.',
  ],
  bot_silent: [
    'A ClaudIA foi consultada e não respondeu a tempo.',
    'Uma pessoa deve responder; veja o log do próprio bot.',
  ],
  gave_up: [
    'A mensagem não pôde ser enviada em 24 horas.',
    'Veja a saúde da caixa de entrada e envie novamente.',
  ],
  worker_lost: [
    'Paramos no meio do envio; a mensagem pode ter saído.',
    'Pergunte ao contato ou escolha "Enviar novamente".',
  ],
  unknown: ['O provedor informou um problema.', 'Nada a fazer: tentaremos de novo.'],
  unavailable: ['Não é possível acessar o provedor.', 'Nada a fazer: tentaremos de novo.'],
  stalled: [
    'A sincronização está sem progresso há algum tempo.',
    'Nós a reiniciamos; avise o operador se continuar assim.',
  ],
  history: [
    'A mensagem foi importada do histórico.',
    'Nada a fazer: as automações não tocam no histórico.',
  ],
  late: [
    'Uma mensagem antiga foi movida para a caixa de entrada.',
    'Uma pessoa deve ver a mensagem.',
  ],
  automatic_mail: [
    'A mensagem foi enviada por um robô.',
    'Nada a fazer: robôs não são respondidos.',
  ],
  claudia_off: [
    'A ClaudIA está desligada nesta caixa de entrada.',
    'Uma pessoa deve responder, ou ligue a ClaudIA.',
  ],
  bot_not_connected: [
    'O endereço da ClaudIA não está configurado.',
    'Configure o endereço do bot; enquanto isso uma pessoa deve responder.',
  ],
  assigned_to_person: ['Uma pessoa assumiu a conversa.', 'Nada a fazer.'],
  already_assigned: ['A conversa já estava atribuída.', 'Nada a fazer.'],
  agent_not_found: ['O agente da regra não existe mais.', 'Escolha outro agente na regra.'],
  team_not_found: ['O time da regra não existe mais.', 'Escolha outro time na regra.'],
  no_message: ['Não havia mensagem para entregar.', 'Use a ação com um evento que tenha mensagem.'],
  finished: ['A entrega já tinha terminado.', 'Nada a fazer.'],
}

const phrases: Texts['phrases'] = {
  ...signInPhrases,
  ...operatorPhrases,
  twilio_webhook_steps: [
    'No console da Twilio, abra Messaging, depois Senders e WhatsApp senders.',
    'Escolha o número e edite o remetente.',
    'Em Messaging Service, escolha None: com um serviço, o endereço dele prevaleceria.',
    'Cole o endereço em “Webhook URL for incoming messages”, com o método HTTP POST.',
    'Clique em “Update WhatsApp Sender”.',
  ].join('\n'),
  reconnect: 'Clique aqui para reconectar',
  check_again: 'Verificar novamente',
  send_again: 'Enviar novamente',
  check_and_repeat:
    'Confira as configurações; se estiverem certas, tente novamente em alguns minutos.',
  unknown_reason: 'O provedor informou um problema.',
  invalid_field: 'O valor deste campo não é permitido.',
  field_type: 'Envie um valor do tipo {limit}.',
  field_enum: 'Envie um destes: {limit}.',
  field_minimum: 'Envie {limit} ou mais.',
  field_maximum: 'Envie {limit} ou menos.',
  field_minLength: 'Envie ao menos {limit} caracteres.',
  field_maxLength: 'Envie no máximo {limit} caracteres.',
  field_pattern: 'Envie um valor na forma documentada, e não vazio.',
  field_format: 'Envie um valor no formato {limit}.',
  field_minItems: 'Envie ao menos {limit} itens.',
  field_maxItems: 'Envie no máximo {limit} itens.',
  field_other: 'Veja em /docs o que este campo aceita.',
}

export const ptBr: Texts = { errors, reasons, phrases }
