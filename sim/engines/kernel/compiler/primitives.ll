; What is written by hand: frexp and ldexp by bits, exact, so that they give what CPython's give on every machine;
; and a function of the subset for which LLVM finds nothing as good by itself.

define internal {double, i64} @primitive.frexp(double %x) alwaysinline nounwind {
  %bits.x = bitcast double %x to i64
  %field.x = and i64 %bits.x, 9218868437227405312
  %small = icmp eq i64 %field.x, 0
  %grown = fmul double %x, 0x4350000000000000
  %y = select i1 %small, double %grown, double %x
  %bits = bitcast double %y to i64
  %shifted = lshr i64 %bits, 52
  %field = and i64 %shifted, 2047
  %raw = sub i64 %field, 1022
  %less = sub i64 %raw, 54
  %exponent = select i1 %small, i64 %less, i64 %raw
  %rest = and i64 %bits, -9218868437227405313
  %half = or i64 %rest, 4602678819172646912
  %mantissa = bitcast i64 %half to double
  %nought = fcmp oeq double %x, 0.0
  %m = select i1 %nought, double %x, double %mantissa
  %e = select i1 %nought, i64 0, i64 %exponent
  %one = insertvalue {double, i64} poison, double %m, 0
  %both = insertvalue {double, i64} %one, i64 %e, 1
  ret {double, i64} %both
}

; numerics.leading: the hidden bit of a number from 1/2 on and below 1, and seven more.
define internal i64 @primitive.leading(double %part) alwaysinline nounwind {
  %bits = bitcast double %part to i64
  %shifted = lshr i64 %bits, 45
  %rest = and i64 %shifted, 127
  %all = or i64 %rest, 128
  ret i64 %all
}

define internal double @primitive.power_of_two(i64 %k) alwaysinline nounwind {
  %field = add i64 %k, 1023
  %bits = shl i64 %field, 52
  %power = bitcast i64 %bits to double
  ret double %power
}

define internal double @primitive.ldexp(double %x, i64 %k) alwaysinline nounwind {
  %field = add i64 %k, 1022
  %near = icmp ult i64 %field, 2046
  br i1 %near, label %one, label %more, !prof !1
one:
  %power = call double @primitive.power_of_two(i64 %k)
  %product = fmul double %x, %power
  ret double %product
more:
  %far = call double @primitive.ldexp.far(double %x, i64 %k)
  ret double %far
}

define internal double @primitive.ldexp.far(double %x, i64 %k) noinline nounwind {
  %parts = call {double, i64} @primitive.frexp(double %x)
  %m = extractvalue {double, i64} %parts, 0
  %e = extractvalue {double, i64} %parts, 1
  %t = add i64 %e, %k
  %above = icmp sgt i64 %t, 1023
  br i1 %above, label %large, label %rest
large:
  %last = icmp eq i64 %t, 1024
  %twice = fmul double %m, 2.0
  %top = call double @primitive.power_of_two(i64 1023)
  %product.last = fmul double %twice, %top
  %infinite = fmul double %product.last, %top
  %result.large = select i1 %last, double %product.last, double %infinite
  ret double %result.large
rest:
  %normal = icmp sgt i64 %t, -1022
  br i1 %normal, label %exact, label %small
exact:
  %power = call double @primitive.power_of_two(i64 %t)
  %product = fmul double %m, %power
  ret double %product
small:
  %shifted = add i64 %t, 1000
  %under = icmp slt i64 %shifted, -1022
  %bounded = select i1 %under, i64 -1022, i64 %shifted
  %first = call double @primitive.power_of_two(i64 -1000)
  %second = call double @primitive.power_of_two(i64 %bounded)
  %half = fmul double %m, %first
  %result = fmul double %half, %second
  ret double %result
}
