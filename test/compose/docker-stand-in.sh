#!/bin/bash
# Docker as docs/operations.md calls it: the same programs, from what the image holds, on this machine.
case "$*" in
  'compose run --rm migrate '*)
    shift 4
    cd "$APP" && exec "$@"
    ;;
  'compose run --rm --no-deps -T --entrypoint tar api '*)
    shift 8
    exec tar "${@/#\/var\/lib\/cloudchat/$VOLUME}"
    ;;
  'compose exec -T postgres psql -U postgres cloudchat -c '*)
    shift 9
    cd "$APP" && exec node --input-type=module -e '
      import postgres from "postgres"
      const sql = postgres(process.env.CLOUDCHAT_URL)
      const { command, count } = await sql.unsafe(process.argv[1])
      console.log(command, count)
      await sql.end()' "$1"
    ;;
  'compose stop '* | 'compose up '*) ;;
  *)
    echo "Not a command of the page: docker $*" >&2
    exit 64
    ;;
esac
