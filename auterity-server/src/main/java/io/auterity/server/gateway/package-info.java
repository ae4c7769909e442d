/** The gateway: the interfaces of OpenAI and Anthropic over HTTP, answered by a relay. */
@NullMarked
package io.auterity.server.gateway;

import org.jspecify.annotations.NullMarked;
