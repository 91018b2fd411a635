#!/usr/bin/env bash
# Runs the command of the action and keeps its answer; the step that ends the job comes after the comment.
set -uo pipefail

case "$COMMAND" in
  gate | audit) ;;
  *) echo "::error::The input \"command\" is gate or audit." && exit 2 ;;
esac
if [[ ! "$VERSION" =~ ^[0-9A-Za-z.+-]+$ ]]; then
  echo '::error::The input "version" is a version, such as 0.1.0.' && exit 2
fi

dir="$GITHUB_WORKSPACE/$DIRECTORY"
words=("$COMMAND" "$dir" --format markdown)
if [[ "$COMMAND" == gate ]]; then
  if [[ -n "$BASE" ]]; then
    words+=("--base=$BASE")
  elif [[ -n "$BASE_REF" ]]; then
    words+=("--base=origin/$BASE_REF")
  fi
  if [[ -n "$BASELINE" ]]; then words+=("--baseline=$dir/$BASELINE"); fi
fi
if [[ "$RUN" == true ]]; then words+=(--run); else words+=(--no-run); fi
while IFS= read -r word; do
  if [[ -n "$word" ]]; then words+=("$word"); fi
done <<<"$ARGS"

own="$RUNNER_TEMP/seaworthy"
mkdir -p "$own"
cd "$own" || exit 2
npx --yes "seaworthy@$VERSION" "${words[@]}" >"$own/answer.md"
code=$?
cat "$own/answer.md"
cat "$own/answer.md" >>"$GITHUB_STEP_SUMMARY"
{
  echo "code=$code"
  echo "passed=$([[ $code == 0 ]] && echo true || echo false)"
  echo "report=$dir/.seaworthy"
  echo "markdown=$own/answer.md"
  if [[ $code != 2 && -f "$dir/.seaworthy/gate.sarif" ]]; then echo "sarif=$dir/.seaworthy/gate.sarif"; fi
} >>"$GITHUB_OUTPUT"
