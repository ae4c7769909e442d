package io.auterity.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.plan.GraphPicture;
import org.junit.jupiter.api.Test;

/** Pictures of plans, as the command line prints them. */
class GraphPictureTest {

    private static GraphPicture picture(String yaml) {
        return GraphPicture.of(Compiling.compile(yaml).plan());
    }

    @Test
    void draws_the_sample_for_mermaid() {
        assertThat(picture(Compiling.SAMPLE).mermaid()).isEqualTo("""
                        flowchart TD
                            s0["profile<br/>http.request"]
                            s1["score<br/>= input.lead.budget / 1000.0 + double(steps.profile.outpu..."]
                            s2{"tier<br/>switch, 2 cases"}
                            s3["call<br/>notify.send<br/>onError: continue<br/>undo: notify.send"]
                            subgraph s4["each<br/>for each contact in steps.profile.output.body.contacts"]
                                s4_0["greet<br/>email.send"]
                            end
                            s5(["approved<br/>approve by manager within 1d"])
                            s6(["reply<br/>await customer-reply within 2d"])
                            s7(["pause<br/>wait 10m"])
                            s0 --> s1
                            s0 --> s4
                            s1 --> s2
                            s2 -->|"if steps.tier.output == 'hot'"| s3
                            s3 -.-> s6
                            s6 -.-> s7
                        """);
    }

    @Test
    void draws_the_blocks_of_a_try_as_frames_of_their_own() {
        String picture = picture("""
                        steps:
                          safe:
                            try: {steps: {call: {uses: http.request, with: {url: x}}, read: {value: "${{ steps.call.output.body }}"}}}
                            catch: {steps: {tell: {emit: failed}}}
                            finally: {steps: {close: {emit: closed}}}
                        """).mermaid();
        assertThat(picture).isEqualTo("""
                        flowchart TD
                            subgraph s0["safe"]
                                subgraph s0t["try"]
                                    s0t_0["call<br/>http.request"]
                                    s0t_1["read<br/>= steps.call.output.body"]
                                    s0t_0 --> s0t_1
                                end
                                subgraph s0c["catch"]
                                    s0c_0["tell<br/>emit failed"]
                                end
                                subgraph s0f["finally"]
                                    s0f_0["close<br/>emit closed"]
                                end
                            end
                        """);
    }

    @Test
    void draws_for_graphviz_with_arrows_that_end_at_the_border_of_a_block() {
        String picture = picture("""
                        steps:
                          list: {value: [1, 2]}
                          each: {forEach: "${{ steps.list.output }}", steps: {twice: {value: "${{ item * 2 }}"}}}
                          sum: {value: "${{ size(steps.each.output) }}"}
                        """).dot();
        assertThat(picture).isEqualTo("""
                        digraph "flow" {
                            compound=true; rankdir=TB; node [shape=box, style=rounded, fontname="sans-serif"];
                            s0 [label="list\\n= [1, 2]"];
                            subgraph cluster_s1 {
                                label="each\\nfor each item in steps.list.output"; style=rounded;
                                s1_in [shape=point, style=invis, width=0];
                                s1_0 [label="twice\\n= item * 2"];
                            }
                            s2 [label="sum\\n= size(steps.each.output)"];
                            s0 -> s1_in [lhead=cluster_s1];
                            s1_in -> s2 [ltail=cluster_s1];
                        }
                        """);
    }

    @Test
    void keeps_texts_of_the_author_from_being_read_as_markup() {
        String yaml = "steps: {a: {value: '<b>\"#;}]` | x'}}";
        assertThat(picture(yaml).mermaid()).contains("s0[\"a<br/>= #lt;b#gt;#quot;#35;;}]#96; | x\"]");
        assertThat(picture(yaml).dot()).contains("s0 [label=\"a\\n= <b>\\\"#;}]` | x\"];");
    }

    @Test
    void shows_joins_fallbacks_and_conditions_that_read_no_step() {
        assertThat(picture("""
                                steps:
                                  a: {value: 1, if: "${{ input.on == true }}", onError: {fallback: 2}}
                                  b: {value: 1, needs: [a], join: all-done}
                                """).mermaid())
                .contains("s0[\"a<br/>= 1<br/>if input.on == true<br/>with fallback\"]")
                .contains("s1[\"b<br/>= 1<br/>join: all-done\"]")
                .contains("s0 -.-> s1");
    }

    @Test
    void shows_conditions_that_read_steps_with_dashes_in_their_names() {
        assertThat(picture("""
                                steps:
                                  charge-card: {value: x}
                                  a: {value: 1, if: "${{ steps.charge-card.output == 'x' }}"}
                                  b: {value: 1, if: "${{ steps['charge-card'].output == 'x' }}"}
                                """).mermaid())
                .contains("s0 -->|\"if steps.charge-card.output == 'x'\"| s1")
                .contains("s0 -->|\"if steps['charge-card'].output == 'x'\"| s2");
    }

    @Test
    void shows_a_condition_that_reads_a_step_around_the_block_in_the_box() {
        assertThat(picture("""
                                steps:
                                  rate: {value: 3}
                                  each:
                                    forEach: [1, 2]
                                    steps: {twice: {value: 1, if: "${{ steps.rate.output > 2 }}"}}
                                """).mermaid()).contains("s1_0[\"twice<br/>= 1<br/>if steps.rate.output #gt; 2\"]");
    }
}
