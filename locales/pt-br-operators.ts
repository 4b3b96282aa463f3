// What an operator reads while opening what Temporal keeps encrypted.

export const operatorPhrases = {
  codec_title: 'Dados na interface do Temporal',
  codec_what:
    'Argumentos e resultados ficam criptografados no Temporal. Com a senha dos operadores, este navegador pode lê-los lá por doze horas.',
  codec_password: 'Senha dos operadores',
  codec_button: 'Abrir',
  codec_refused: 'Essa não é a senha. Volte e tente novamente.',
  codec_open:
    'Pronto. Recarregue a interface do Temporal; o codec endpoint é o endereço desta página, incluindo credenciais de outra origem.',
} satisfies Record<string, string>
