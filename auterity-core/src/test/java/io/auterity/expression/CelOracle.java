package io.auterity.expression;

import com.google.protobuf.NullValue;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeType;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelMathExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Google's implementation of CEL, with the extensions our language has too, as the judge of what an expression means. */
final class CelOracle {
    /** The mathematical functions but those that go through a {@code long}, and fail or saturate beyond it. */
    private static final Set<CelMathExtensions.Function> SOUND =
            EnumSet.complementOf(EnumSet.of(CelMathExtensions.Function.ROUND, CelMathExtensions.Function.TRUNC));

    private final Cel cel;

    CelOracle(Map<String, CelType> variables) {
        CelBuilder builder = CelFactory.standardCelBuilder()
                .setOptions(CelOptions.current()
                        .enableHeterogeneousNumericComparisons(true)
                        .enableOptionalSyntax(true)
                        .enableQuotedIdentifierSyntax(true)
                        .enableTimestampEpoch(true)
                        .evaluateCanonicalTypesToNativeValues(true)
                        .build())
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addMacros(CelStandardMacro.EXISTS_ONE_NEW.getDefinition())
                .addCompilerLibraries(
                        CelExtensions.strings(),
                        CelExtensions.math(SOUND),
                        CelExtensions.lists(),
                        CelExtensions.optional(),
                        CelExtensions.comprehensions())
                .addRuntimeLibraries(
                        CelExtensions.strings(),
                        CelExtensions.math(SOUND),
                        CelExtensions.lists(),
                        CelExtensions.optional(),
                        CelExtensions.comprehensions());
        define(builder, "math.round", value -> whole(value, RoundingMode.HALF_UP));
        define(builder, "math.trunc", value -> whole(value, RoundingMode.DOWN));
        variables.forEach(builder::addVar);
        this.cel = builder.build();
    }

    /** A function of the specification, in place of the oracle's own. */
    private static void define(CelBuilder builder, String name, CelFunctionOverload.Unary<Double> function) {
        String overload = name.replace('.', '_') + "_exact";
        builder.addFunctionDeclarations(CelFunctionDecl.newFunctionDeclaration(
                name, CelOverloadDecl.newGlobalOverload(overload, SimpleType.DOUBLE, SimpleType.DOUBLE)));
        builder.addFunctionBindings(
                CelFunctionBinding.fromOverloads(name, CelFunctionBinding.from(overload, Double.class, function)));
    }

    private static double whole(double value, RoundingMode mode) {
        return Double.isNaN(value) || Double.isInfinite(value)
                ? value
                : new BigDecimal(value).setScale(0, mode).doubleValue();
    }

    /** An expression that the oracle accepts, or empty when it refuses it. */
    Optional<CelAbstractSyntaxTree> compile(String source) {
        try {
            return Optional.of(cel.compile(source).getAst());
        } catch (CelValidationException refused) {
            return Optional.empty();
        }
    }

    /** What the oracle refuses an expression for. */
    String refusal(String source) {
        try {
            cel.compile(source).getAst();
            return "";
        } catch (CelValidationException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    Outcome evaluate(CelAbstractSyntaxTree ast, Map<String, Object> variables) {
        Map<String, Object> values = new HashMap<>();
        variables.forEach((name, value) -> values.put(name, toCel(value)));
        try {
            return Outcome.of(fromCel(cel.createProgram(ast).eval(values)));
        } catch (CelEvaluationException error) {
            return Outcome.error(String.valueOf(error.getMessage()));
        }
    }

    private static Object toCel(Object value) {
        if (value == null) {
            return NullValue.NULL_VALUE;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(CelOracle::toCel).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> converted = new LinkedHashMap<>();
            map.forEach((key, entry) -> converted.put(key, toCel(entry)));
            return converted;
        }
        return value;
    }

    private static Object fromCel(Object value) {
        if (value == null || value instanceof NullValue || value instanceof dev.cel.common.values.NullValue) {
            return null;
        }
        if (value instanceof List<?> list) {
            List<Object> converted = new ArrayList<>();
            list.forEach(element -> converted.add(fromCel(element)));
            return converted;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> converted = new LinkedHashMap<>();
            map.forEach((key, entry) -> converted.put(key, fromCel(entry)));
            return converted;
        }
        if (value instanceof TypeType type) {
            return type.containingTypeName();
        }
        if (value instanceof Instant || value instanceof Duration) {
            return value.toString();
        }
        return value;
    }

    /** Our name of a type of the oracle. */
    static Type typeOf(CelType type) {
        if (type instanceof ListType list) {
            return Type.list(list.hasElemType() ? typeOf(list.elemType()) : Type.ANY);
        }
        if (type instanceof MapType map) {
            return Type.map(typeOf(map.valueType()));
        }
        if (type.equals(SimpleType.INT)) {
            return Type.INTEGER;
        }
        if (type.equals(SimpleType.DOUBLE)) {
            return Type.NUMBER;
        }
        if (type.equals(SimpleType.STRING)) {
            return Type.STRING;
        }
        if (type.equals(SimpleType.BOOL)) {
            return Type.BOOLEAN;
        }
        if (type.equals(SimpleType.TIMESTAMP)) {
            return Type.TIMESTAMP;
        }
        if (type.equals(SimpleType.DURATION)) {
            return Type.DURATION;
        }
        if (type.equals(SimpleType.NULL_TYPE)) {
            return Type.NULL;
        }
        return type instanceof TypeType ? Type.TYPE : Type.ANY;
    }

    /** A value, or the fact that there is none. */
    record Outcome(boolean isError, Object value, String message) {
        static Outcome of(Object value) {
            return new Outcome(false, value, "");
        }

        static Outcome error(String message) {
            return new Outcome(true, null, message);
        }

        /** Whether both are errors or both the same value, to the class of every number in it. */
        boolean agreesWith(Outcome other) {
            return isError == other.isError && (isError || same(value, other.value));
        }

        private static boolean same(Object left, Object right) {
            if (left instanceof List<?> one && right instanceof List<?> two) {
                if (one.size() != two.size()) {
                    return false;
                }
                for (int i = 0; i < one.size(); i++) {
                    if (!same(one.get(i), two.get(i))) {
                        return false;
                    }
                }
                return true;
            }
            if (left instanceof Map<?, ?> one && right instanceof Map<?, ?> two) {
                return one.keySet().equals(two.keySet())
                        && one.keySet().stream().allMatch(key -> same(one.get(key), two.get(key)));
            }
            return left == null ? right == null : left.equals(right);
        }
    }
}
