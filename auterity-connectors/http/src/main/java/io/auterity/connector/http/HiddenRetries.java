package io.auterity.connector.http;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/** Keeps the client from sending a request again by itself when the answer is 408 or 503: tries are the engine's. */
final class HiddenRetries implements Interceptor {

    private static final int MASK = 1_000;

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        boolean isRepeated = response.code() == 408 || response.code() == 503;
        return isRepeated ? response.newBuilder().code(response.code() + MASK).build() : response;
    }

    static Response reveal(Response response) {
        return response.code() > MASK
                ? response.newBuilder().code(response.code() - MASK).build()
                : response;
    }
}
