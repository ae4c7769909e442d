package io.auterity.durable;

import java.util.List;

/**
 * The workflows that must survive a crash at any point. Steps call {@code do.echo}, {@code do.flaky}, {@code do.fail},
 * {@code do.take} and {@code do.undo}; {@code tells} are what they are told from outside, at times in milliseconds.
 */
record ReferenceWorkflow(String name, String yaml, List<Tell> tells) {

    /** Something told to the run: {@code signal:NAME}, {@code approve:STEP}, {@code pause}, {@code resume}, {@code cancel}. */
    record Tell(long millis, String what) {}

    private static ReferenceWorkflow of(String name, String yaml, Tell... tells) {
        return new ReferenceWorkflow(name, "auterity: 1\nid: " + name + "\n" + yaml, List.of(tells));
    }

    @Override
    public String toString() {
        return name;
    }

    static final String CHILD = """
        auterity: 1
        id: child
        steps:
          one: {uses: do.take, with: {time: 50ms, value: 1}}
          two: {uses: do.echo, with: {value: '${{ steps.one.output }}'}}
        output: ${{ steps.two.output }}
        """;

    static List<ReferenceWorkflow> all() {
        return List.of(
                of("sequence", """
                    steps:
                      a: {uses: do.echo, with: {value: 1}}
                      b: {uses: do.echo, with: {value: '${{ [steps.a.output, 2] }}'}}
                      c: {value: '${{ steps.b.output }}'}
                    output: ${{ steps.c.output }}
                    """),
                of("parallel", """
                    steps:
                      a: {uses: do.take, with: {time: 30ms, value: a}}
                      b: {uses: do.take, with: {time: 10ms, value: b}}
                      c: {uses: do.take, with: {time: 20ms, value: c}}
                      d: {value: '${{ [steps.a.output, steps.b.output, steps.c.output] }}'}
                    output: ${{ steps.d.output }}
                    """),
                of("branches", """
                    steps:
                      a: {uses: do.echo, with: {value: 7}}
                      kind: {switch: [{if: "${{ steps.a.output == 7 }}", value: seven}, {else: true, value: other}]}
                      yes: {if: "${{ steps.kind.output == 'seven' }}", uses: do.echo, with: {value: y}}
                      no: {if: "${{ steps.kind.output == 'other' }}", uses: do.echo, with: {value: n}}
                      behind: {needs: [no], uses: do.echo, with: {value: never}}
                      any: {needs: [yes, no], join: any-success, uses: do.echo, with: {value: z}}
                    output: ${{ [coalesce(steps.yes.output, '-'), coalesce(steps.no.output, '-'), coalesce(steps.any.output, '-')] }}
                    """),
                of("retry", """
                    steps:
                      a: {uses: do.flaky, with: {failures: 2, value: done}, retry: {maxAttempts: 4, delay: 1s, jitter: 0.5}}
                      b: {uses: do.echo, with: {value: '${{ steps.a.attempts }}'}, needs: [a]}
                    output: ${{ [steps.a.output, steps.b.output] }}
                    """),
                of("timer", """
                    steps:
                      a: {uses: do.echo, with: {value: 1}}
                      w: {wait: 10m, needs: [a]}
                      b: {uses: do.echo, with: {value: 2}, needs: [w]}
                    output: ${{ steps.b.output }}
                    """),
                of("signal-early", """
                    steps:
                      a: {uses: do.take, with: {time: 1s, value: 1}}
                      s: {await: {signal: reply}, needs: [a]}
                      b: {uses: do.echo, with: {value: '${{ steps.s.output }}'}}
                    output: ${{ steps.b.output }}
                    """, new Tell(10, "signal:reply")),
                of("signal-late", """
                    steps:
                      a: {uses: do.echo, with: {value: 1}}
                      s: {await: {signal: reply, within: 1h}, needs: [a]}
                      t: {await: {signal: never, within: 30m}, onError: continue}
                      b: {uses: do.echo, with: {value: '${{ steps.s.output }}'}}
                    output: "${{ [steps.b.output, steps.t.status] }}"
                    """, new Tell(60_000, "signal:reply")),
                of("approval", """
                    steps:
                      ask: {approve: {by: [boss], within: 1h}}
                      other: {approve: {by: [boss], within: 2m, else: reject}}
                      b: {uses: do.echo, with: {value: '${{ [steps.ask.output.approved, steps.other.output.approved] }}'}}
                    output: ${{ steps.b.output }}
                    """, new Tell(5_000, "approve:ask")),
                of("for-each", """
                    steps:
                      each:
                        forEach: ${{ range(5) }}
                        as: n
                        concurrency: 2
                        steps:
                          a: {uses: do.take, with: {time: 10ms, value: '${{ n * 10 }}'}}
                          b: {uses: do.echo, with: {value: '${{ [index, steps.a.output] }}'}}
                        output: ${{ steps.b.output }}
                      end: {uses: do.echo, with: {value: '${{ steps.each.output }}'}}
                    output: ${{ steps.end.output }}
                    """),
                of("nested-for-each", """
                    steps:
                      outer:
                        forEach: ${{ range(3) }}
                        as: x
                        concurrency: 2
                        onItemError: collect
                        steps:
                          inner:
                            forEach: ${{ range(2) }}
                            as: y
                            steps:
                              a: {uses: do.echo, with: {value: '${{ x * 10 + y }}'}}
                              boom: {if: "${{ x == 1 && y == 1 }}", uses: do.fail, needs: [a]}
                            output: ${{ steps.a.output }}
                        output: ${{ steps.inner.output }}
                    output: ${{ steps.outer.output }}
                    """),
                of("repeat", """
                    steps:
                      rep:
                        repeat:
                          until: ${{ steps.a.output >= 2 }}
                          max: 5
                          delay: 1s
                          steps:
                            a: {uses: do.echo, with: {value: '${{ index }}'}}
                          output: ${{ steps.a.output }}
                      b: {uses: do.echo, with: {value: '${{ steps.rep.output }}'}}
                    output: ${{ steps.b.output }}
                    """),
                of("stopped-between-iterations", """
                    steps:
                      each:
                        forEach: ${{ ['fails', 'repeats'] }}
                        as: what
                        concurrency: 2
                        onError: continue
                        steps:
                          bad:
                            if: ${{ what == 'fails' }}
                            uses: do.flaky
                            with: {failures: 9, value: 1}
                            retry: {maxAttempts: 2, delay: 1m}
                          rep:
                            if: ${{ what == 'repeats' }}
                            repeat:
                              until: ${{ index > 5 }}
                              max: 2
                              delay: 1h
                              steps:
                                a: {uses: do.echo, with: {value: 1}}
                      b: {uses: do.take, with: {time: 1m, value: '${{ steps.each.status }}'}, needs: [each], join: all-done}
                    output: ${{ steps.b.output }}
                    """),
                of("race", """
                    steps:
                      r:
                        race:
                          slow: {uses: do.take, with: {time: 1s, value: slow}}
                          fast: {uses: do.take, with: {time: 10ms, value: fast}}
                          timer: {wait: 1h}
                      b: {uses: do.echo, with: {value: '${{ steps.r.output.winner }}'}}
                    output: ${{ steps.b.output }}
                    """),
                of("try-catch", """
                    steps:
                      t:
                        try:
                          steps:
                            a: {uses: do.echo, with: {value: 1}}
                            bad: {uses: do.fail, with: {code: broken}, needs: [a]}
                            sibling: {wait: 1h, needs: [a]}
                        catch:
                          steps:
                            fix: {uses: do.echo, with: {value: '${{ error.code }}'}}
                        finally:
                          steps:
                            clean: {uses: do.echo, with: {value: cleaned}}
                      b: {uses: do.echo, with: {value: after}, needs: [t]}
                    output: ${{ steps.b.output }}
                    """),
                of("saga", """
                    steps:
                      a: {uses: do.echo, with: {value: 1}, undo: {uses: do.undo, with: {of: a}}}
                      b: {uses: do.echo, with: {value: 2}, needs: [a], undo: {uses: do.undo, with: {of: b}}, retry: {maxAttempts: 2}}
                      c: {uses: do.fail, needs: [b]}
                      d: {uses: do.echo, with: {value: cleanup}, needs: [c], join: all-done}
                    """),
                of("saga-of-fallbacks", """
                    steps:
                      a: {uses: do.echo, with: {value: 1}, onError: {fallback: 0}, undo: {uses: do.undo, with: {of: a}}}
                      b: {uses: do.fail, needs: [a], onError: {fallback: {uses: do.echo}}, undo: {uses: do.undo, with: {of: b}}}
                      c: {uses: do.flaky, with: {failures: 9}, needs: [b], retry: {maxAttempts: 2, delay: 1s}, onError: {fallback: {await: {signal: reply}}}, undo: {uses: do.undo, with: {of: c}}}
                      d: {uses: do.fail, needs: [c]}
                    """, new Tell(60_000, "signal:reply")),
                of("sub-workflow", """
                    steps:
                      a: {uses: do.echo, with: {value: 1}}
                      c: {run: child, needs: [a]}
                      b: {uses: do.echo, with: {value: '${{ steps.c.output }}'}}
                    output: ${{ steps.b.output }}
                    """),
                of("fallback", """
                    steps:
                      a: {uses: do.fail, with: {code: io, retryable: true}, retry: {maxAttempts: 2, delay: 1s}, onError: {fallback: 5}}
                      b: {uses: do.fail, onError: {fallback: {uses: do.echo, with: {value: '${{ error.code }}'}}}}
                      c: {uses: do.fail, onError: continue}
                      d: {uses: do.echo, with: {value: "${{ [steps.a.output, steps.b.output, steps.c.status] }}"}, needs: [c]}
                    output: ${{ steps.d.output }}
                    """),
                of("fallback-of-conditions", """
                    steps:
                      n: {uses: do.echo, with: {value: 0}}
                      a: {if: "${{ 1 / steps.n.output > 0 }}", uses: do.echo, onError: {fallback: {uses: do.echo, with: {value: '${{ error.code }}'}}}}
                      b: {if: "${{ 1 / steps.n.output > 0 }}", uses: do.echo, onError: {fallback: {await: {signal: reply, within: 1h}}}}
                      c: {if: "${{ 1 / steps.n.output > 0 }}", uses: do.echo, onError: {fallback: {try: {steps: {d: {uses: do.flaky, with: {failures: 1, value: 2}, retry: {maxAttempts: 2, delay: 1s}}}}}}}
                      e: {uses: do.echo, with: {value: "${{ [coalesce(steps.a.output, 0), coalesce(steps.b.output, 0)] }}"}, needs: [c], join: all-done}
                    output: ${{ coalesce(steps.e.output, 0) }}
                    """, new Tell(60_000, "signal:reply")),
                of("pause", """
                    steps:
                      a: {uses: do.take, with: {time: 1s, value: 1}}
                      b: {uses: do.take, with: {time: 1s, value: 2}, needs: [a]}
                      c: {uses: do.echo, with: {value: 3}, needs: [b]}
                    output: ${{ steps.c.output }}
                    """, new Tell(500, "pause"), new Tell(60_000, "resume")),
                of("cancel", """
                    steps:
                      a: {uses: do.echo, with: {value: 1}, undo: {uses: do.undo, with: {of: a}}}
                      b: {uses: do.take, with: {time: 1h, value: 2}, needs: [a]}
                      w: {wait: 2h, needs: [a]}
                      c: {uses: do.echo, with: {value: cleanup}, needs: [b], join: all-done}
                    """, new Tell(60_000, "cancel")),
                of("cancel-of-waits", """
                    steps:
                      a: {uses: do.echo, with: {value: 1}, undo: {await: {signal: never}}}
                      u: {uses: do.echo, with: {value: 1}, needs: [a], undo: {uses: do.undo, with: {of: u}}}
                      open: {await: {signal: never}, needs: [u], join: all-done}
                      block: {needs: [u], join: all-done, forEach: [1, 2], steps: {ask: {approve: {by: [boss]}}}}
                      bounded: {await: {signal: never, within: 1h}, needs: [u], join: all-done, onError: {fallback: {await: {signal: never}}}}
                      t:
                        try: {steps: {w: {await: {signal: never}}}}
                        finally: {steps: {f: {await: {signal: never}, onError: {fallback: {uses: do.echo}}}, g: {uses: do.echo, needs: [f]}}}
                      after: {uses: do.echo, with: {value: "${{ [steps.open.status, steps.block.status, steps.t.status] }}"}, needs: [bounded], join: all-done}
                    """, new Tell(60_000, "cancel"), new Tell(70_000, "cancel")),
                of("cancel-while-taking-back", """
                    steps:
                      a: {uses: do.echo, with: {value: 1}, undo: {uses: do.undo, with: {of: a}}}
                      b: {uses: do.echo, with: {value: 1}, needs: [a], undo: {await: {signal: never}}}
                      c: {uses: do.echo, with: {value: 1}, needs: [b], undo: {await: {signal: never, within: 30s}}}
                      d: {uses: do.echo, with: {value: 1}, needs: [c], undo: {try: {steps: {w: {await: {signal: never}}}}}}
                      e: {uses: do.fail, needs: [d]}
                    """, new Tell(60_000, "cancel"), new Tell(70_000, "cancel")),
                of("block-timeout", """
                    steps:
                      each:
                        forEach: ${{ range(3) }}
                        timeout: 1m
                        retry: {maxAttempts: 2, delay: 5s}
                        steps:
                          a: {uses: do.echo, with: {value: 1}}
                          slow: {wait: 1h, needs: [a]}
                        onItemError: collect
                      b: {uses: do.echo, with: {value: after}, needs: [each], join: all-done}
                    """));
    }
}
