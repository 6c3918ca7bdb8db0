import type { CageKit } from './cage.ts';

/** In the supervisor's and in `env`'s command line, and in no tool's: tells whether the tool itself has been reached. */
const MARK = 'signalbox-supervisor-before-tool';

/**
 * The supervisor of one step. It outlives the runner, alone sends the soft signal, and writes down the exit code.
 * Descriptors it is born with: 3 `exit`, 4 `signals`, 5 the `/proc` of outside the cage, 6 the exclusive lock's file, 7 `lock`.
 * Its variables begin with `sbx_`, because the shell holds the step's environment and would export a change.
 */
const SCRIPT = `# ${MARK}
sbx_dir=$1 sbx_cwd=$2 sbx_kind=$3 sbx_soft=$4 sbx_mount=$5 sbx_table=$6 sbx_exclusive=$7 sbx_cat=$8 sbx_sleep=$9
sbx_tool= sbx_sent= sbx_early= sbx_again=
shift 9

# A full disk takes nothing, and without this line nobody would ever know how the step ended.
sbx_end() {
  until echo "$1" >&3; do "$sbx_sleep" 1 || break; done 2>/dev/null
  exit 0
}
sbx_fail() { echo "signalbox: $1" >&2; sbx_end 126; }

sbx_ends() {
  read -r sbx_line <"/proc/$1/stat" || return 0
  case \${sbx_line##*) } in Z* | X*) return 0 ;; esac
  return 1
}

# The one soft signal. Between fork and the tool's own start, SIGINT would be ignored and lost: wait for that instant.
# A command line read across an exec is torn (the shell reads by the byte), so only what is read twice alike counts.
sbx_interrupt() {
  sbx_again=1
  [ -z "$sbx_sent" ] || return 0
  [ -n "$sbx_tool" ] || { sbx_early=1; return 0; }
  sbx_sent=1
  # A trap within a trap would change exit codes here, and there is nothing more to ask for.
  trap '' USR1
  sbx_blanks=0 sbx_seen=
  while [ "$sbx_blanks" -lt 10000 ]; do
    sbx_line=
    read -r sbx_line <"/proc/$sbx_tool/cmdline"
    case $sbx_line in
      *${MARK}*) ;;
      # In the midst of an exec, or a zombie, or a tool that wiped its own command line.
      '') sbx_blanks=$((sbx_blanks + 1)); sbx_ends "$sbx_tool" && break ;;
      "$sbx_seen") break ;;
    esac
    sbx_seen=$sbx_line
  done 2>/dev/null
  if [ "$sbx_soft" = group ]; then sbx_target=-$sbx_tool; else sbx_target=$sbx_tool; fi
  echo "INT $sbx_soft" >&4
  kill -s INT -- "$sbx_target" 2>/dev/null
}
trap sbx_interrupt USR1
trap sbx_again=1 HUP INT QUIT TERM

# Who we are, in the numbers of outside: our parent first where it is part of the cage.
sbx_who() {
  read -r sbx_line <"$sbx_proc/$1/stat"
  set -- \${sbx_line%% *} \${sbx_line##*) }
  sbx_pid=$1 sbx_parent=$3 sbx_start=\${21}
}
sbx_proc=/proc
[ "$sbx_kind" != namespace ] || sbx_proc=/proc/self/fd/5
sbx_who self
sbx_self="$sbx_pid $sbx_start"
[ "$sbx_kind" = group ] || sbx_who "$sbx_parent"
echo "$sbx_kind $sbx_pid $sbx_start $sbx_self" >"$sbx_dir/pid"
# Through our descriptors a step would see every process of the host.
exec 5<&-

# Asked to stop, or given up for never started (then \`exit\` is another file): nothing starts.
[ ! -e "$sbx_dir/interrupt" ] && [ "$sbx_dir/exit" -ef /proc/self/fd/3 ] || sbx_end 130
[ -z "$sbx_table" ] || "$sbx_mount" -a -T "$sbx_table" || sbx_fail 'the mounts of the step could not be made'
cd -- "$sbx_cwd" || sbx_fail 'the working directory of the step could not be entered'

[ -z "$sbx_early" ] || sbx_end 130
if [ -n "$sbx_exclusive" ]; then
  "$@" 3>&- 4>&- 5>&- 7>&- &
else
  "$@" 3>&- 4>&- 5>&- 6>&- 7>&- &
fi
sbx_tool=$!
[ -z "$sbx_early" ] || sbx_interrupt

# A wait that a signal broke off says 128 + its number; a second wait after the real end says 127.
sbx_again=
wait "$sbx_tool"
sbx_code=$?
while [ -n "$sbx_again" ]; do
  sbx_again=
  wait "$sbx_tool"
  sbx_next=$?
  [ "$sbx_next" = 127 ] && [ "$sbx_code" != 138 ] || sbx_code=$sbx_next
done
sbx_sent=1

# Without a namespace whose end ends everything: stop what is left until nothing new appears, then kill it. Below the
# supervisor itself is nothing but the \`cat\` of this very look, which reads all at once what the shell would read by the byte.
sbx_sweep() {
  sbx_root=' ' sbx_sessions=" $sbx_tool " sbx_round=0 IFS='
'
  if [ "$sbx_kind" = subreaper ]; then
    sbx_root=" $PPID "
    sbx_line=
    read -r sbx_line <"/proc/$PPID/task/$PPID/children"
    [ "$sbx_line" != "$$ " ] || return 0
  fi
  while [ "$sbx_round" -lt 500 ]; do
    sbx_round=$((sbx_round + 1)) sbx_tree=$sbx_root sbx_left= sbx_more=1
    while [ -n "$sbx_more" ]; do
      sbx_more=
      for sbx_line in $("$sbx_cat" /proc/[0-9]*/stat); do
        IFS=' '
        set -- \${sbx_line%% *} \${sbx_line##*) }
        [ "$2" != Z ] && [ "$1" != $$ ] || continue
        case $sbx_tree in *" $1 "*) continue ;; esac
        case $sbx_tree in *" $3 "*) ;; *) case $sbx_sessions in *" $5 "*) ;; *) continue ;; esac ;; esac
        kill -s STOP "$1"
        sbx_tree="$sbx_tree$1 " sbx_sessions="$sbx_sessions$5 " sbx_left="$sbx_left $1" sbx_more=1
      done
      IFS='
'
    done
    [ -n "$sbx_left" ] || return 0
    IFS=' '
    kill -s KILL $sbx_left
    IFS='
'
  done
}
[ "$sbx_kind" = namespace ] || sbx_sweep 2>/dev/null
sbx_end "$sbx_code"
`;

/** Names that a shell sets by itself: taken out again unless the step was given them. */
const SHELL_NAMES = ['OLDPWD', 'SHLVL', '_'];

export interface SupervisedCommand {
  dir: string;
  program: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  softSignal: 'leader' | 'group';
  /** A file for `mount -a -T`; null: nothing to mount. */
  mountTable: string | null;
  isExclusive: boolean;
}

/** The whole command line, as few programs as possible: each costs most of a millisecond. */
export const toSupervisedCommand = (kit: CageKit, command: SupervisedCommand): { file: string; args: string[] } => {
  const { programs } = kit;
  const caps = command.mountTable === null ? [] : ['--keep-caps'];
  const namespaces = ['--pid', '--fork', '--kill-child', '--mount', '--mount-proc'];
  const cage = {
    namespaces: [programs.unshare, ...namespaces],
    'user namespaces': [programs.unshare, '--user', '--map-current-user', ...caps, ...namespaces],
    subreaper: [programs.tini, '-s', '--'],
    'process group': [],
  }[kit.cage];
  const kind = kit.hasMounts ? 'namespace' : kit.cage === 'subreaper' ? 'subreaper' : 'group';

  const unset = SHELL_NAMES.filter((name) => !Object.hasOwn(command.env, name)).flatMap((name) => ['-u', name]);
  const isPrivileged = kit.cage === 'user namespaces' && caps.length > 0;
  const tool = [
    // A session of its own: what a step does to its own process group must not reach the supervisor.
    programs.setsid,
    // Shells start background commands with SIGINT and SIGQUIT ignored.
    programs.env,
    '--default-signal=INT,QUIT',
    '-u',
    MARK,
    ...unset,
    ...(isPrivileged ? [programs.setpriv, '--inh-caps=-all', '--ambient-caps=-all'] : []),
    // `flock` has exit codes of its own for a missing program, `env` says 127.
    ...(command.isExclusive ? [programs.flock, '-F', '/proc/self/fd/6', programs.env] : []),
    // `env` would take a path with an equals sign for a variable.
    ...(command.program.includes('=') ? [programs.sh, '-c', 'exec "$0" "$@"'] : []),
    command.program,
    ...command.args,
  ];
  const settings = [
    command.dir,
    command.cwd,
    kind,
    command.softSignal,
    programs.mount,
    command.mountTable ?? '',
    command.isExclusive ? 'exclusive' : '',
    programs.cat,
    programs.sleep,
  ];
  const lock = `${command.dir}/lock`;
  return { file: programs.flock, args: ['-F', lock, ...cage, programs.sh, '-c', SCRIPT, 'sh', ...settings, ...tool] };
};
